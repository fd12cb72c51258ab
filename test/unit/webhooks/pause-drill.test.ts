import { describe, expect } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { pauseDrill } from '../../support/webhooks/pause-drill.ts';

captureLogLines();

const FAULTS = ['a pause', 'a sender dies', 'a try is under way', 'a duplicate'];

describe('a subscription that is paused and resumed while senders die', () => {
  drill(
    'has each event brought to it, and none while it is paused but what is under way',
    { regressions: [], faults: FAULTS },
    async (seed, tally) => {
      const { world, given, taken, late } = await pauseDrill(seed, tally);
      expect(late).toBe(0);
      const all = await Promise.all(given.map(({ delivery }) => delivery()));
      expect(all.map((one) => one?.status)).toEqual(given.map(() => 'delivered'));
      expect([...new Set(taken)].sort()).toEqual(given.map(({ event }) => event.eventId).sort());
      tally.add('a duplicate', taken.length - given.length);
      // A count may be lost, and never be one too many.
      const counted = world.subscriptions.noted.filter(({ delivered }) => delivered).length;
      expect(counted).toBeLessThanOrEqual(given.length);
    },
  );
});
