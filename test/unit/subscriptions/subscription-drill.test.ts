import { describe, expect } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import type { Tally } from '../../support/delivery/tally.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { KeeperWorld } from '../../support/subscriptions/keeper-world.ts';
import type { Subscribed } from '../../support/subscriptions/subscription-drill.ts';
import { subscriptionDrill } from '../../support/subscriptions/subscription-drill.ts';

captureLogLines();

const FAULTS = [
  'a call is lost',
  'a keeper dies',
  'a new rule is lost',
  'a settled rule is lost',
  'missed by its rule',
  'brought twice by its rule',
  'brought by its rule and from the log',
];

/** Everything that it is to hear of, and all of it once. */
function expectHeard(world: KeeperWorld, { subscription, before }: Subscribed, tally: Tally): void {
  const { subscriptionId: id, eventType } = subscription;
  const heard = world.heard(id);
  expect(heard).toEqual(world.wanted(subscription));
  const since = world.events.events().slice(before);
  expect(heard).toEqual(
    expect.arrayContaining(since.filter((one) => one.eventType === eventType).map(({ eventId }) => eventId)),
  );
  expect(world.row(id)).toMatchObject({ isReady: true, ruleAt: expect.any(String) });
  const times = (all: readonly string[], eventId: string) => all.filter((one) => one === `${id}-${eventId}`).length;
  for (const eventId of heard) {
    const brought = times(world.brought, eventId);
    tally.add('missed by its rule', brought === 0 ? 1 : 0);
    tally.add('brought twice by its rule', brought > 1 ? 1 : 0);
    tally.add('brought by its rule and from the log', brought > 0 && times(world.gifts, eventId) > brought ? 1 : 0);
  }
}

describe('subscriptions that are made in mid-burst', () => {
  drill(
    'hear of everything from then on, each event once, and those that end leave nothing',
    { regressions: [], faults: FAULTS },
    async (seed, tally) => {
      const { world, subscriptions } = await subscriptionDrill(seed, tally);
      const alive = subscriptions.filter(({ subscription }) => world.row(subscription.subscriptionId) !== undefined);
      const ids = alive.map(({ subscription }) => subscription.subscriptionId);
      for (const one of alive) expectHeard(world, one, tally);
      expect([world.ruled().sort(), ids.includes('sub_0')]).toEqual([ids.sort(), false]);
    },
  );
});
