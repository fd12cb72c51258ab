import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import type { Fate } from '../../support/publisher/mortal.ts';
import { mortal } from '../../support/publisher/mortal.ts';
import { REFUSED, THROTTLED } from '../../support/publisher/scripted-bus.ts';
import type { Around } from '../../support/publisher/sweep-world.ts';
import { MINUTE, START, SweepWorld } from '../../support/publisher/sweep-world.ts';
import { DRILL, runs } from '../../support/seeds.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const EVENTS: string[] = ['a', 'b', 'c'].flatMap((id) => [1, 2, 3, 4].map((version) => `${id}-${version}`));
const REFUSED_EVENT = 'b-2';

/** Three aggregates of two commits each; of one the first commit went out, of one an event can never go out. */
async function prepared(): Promise<SweepWorld> {
  const script = (id: string) => (id === 'c-1' ? [THROTTLED, {}] : [id === REFUSED_EVENT ? REFUSED : {}]);
  const world = new SweepWorld({ script });
  for (const [index, id] of ['a', 'b', 'c', 'a', 'b', 'c'].entries()) {
    const commit = await world.note(id, ['x', 'y'], START + index);
    if (index === 0) await world.publish([commit]);
  }
  world.time = START + 60 * MINUTE;
  return world;
}

/** Everything went out, in order, or has its letter; and every checkpoint tells the truth. */
function expectSettled(world: SweepWorld): void {
  expect(world.unmarked()).toEqual([]);
  const firsts = [...new Set(world.accepted())];
  expect([...firsts].sort()).toEqual(EVENTS.filter((id) => id !== REFUSED_EVENT));
  for (const id of ['a', 'b', 'c']) {
    const own = firsts.filter((one) => one.startsWith(id));
    expect(own).toEqual([...own].sort());
  }
  const letters = world.letters.map(({ message }) => (JSON.parse(message) as { eventId: string }).eventId);
  expect([...new Set(letters)]).toEqual([REFUSED_EVENT]);
}

async function callsOfSweep(): Promise<number> {
  const { around, calls } = mortal();
  await (await prepared()).sweep(around);
  return calls();
}
const FATES = (calls: number): Fate[] =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['dies', 'errs'] as const).flatMap((how) => (['before', 'after'] as const).map((when) => ({ how, call, when }))),
  );

describe('a sweep over whose ports something goes wrong', () => {
  it('wherever it dies or fails, passes nothing over, and the next one does the rest', async () => {
    const fates = FATES(await callsOfSweep());
    expect(fates.length).toBeGreaterThan(100);
    let fired = 0;
    for (const fate of fates) {
      const world = await prepared();
      const process = mortal(fate);
      await expect(world.sweep(process.around), JSON.stringify(fate)).rejects.toThrow('could not be swept');
      expect(world.passedOver()).toEqual([]);
      fired += process.fired() ? 1 : 0;
      await world.sweep();
      expectSettled(world);
    }
    expect(fired).toBe(fates.length);
  });
});

describe('two sweeps beside each other', () => {
  it(
    'and the stream between them, one of which dies, pass nothing over and let nothing out of order',
    DRILL,
    async () => {
      const seen = { died: 0, twice: 0, letters: 0 };
      const fates = fc.option(
        fc.record({ how: fc.constantFrom('dies', 'errs'), call: fc.integer({ min: 1, max: 40 }), when: WHEN }),
        { nil: undefined },
      );
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fates, fc.boolean(), async (scheduler, fate, streamToo) => {
          const world = await prepared();
          const one = mortal(fate);
          const scheduled =
            (around: Around): Around =>
            (call) =>
              scheduler.schedule(Promise.resolve()).then(() => around(call));
          const others = [world.sweep(scheduled(mortal().around))];
          if (streamToo)
            others.push(world.publish(world.ordered.commits, scheduled(mortal().around)).then(() => undefined));
          const all = Promise.allSettled([world.sweep(scheduled(one.around)), ...others]);
          const [outcome, ...rest] = await scheduler.waitFor(all);
          expect([outcome?.status === 'rejected', rest.map(({ status }) => status)]).toEqual([
            one.fired(),
            others.map(() => 'fulfilled'),
          ]);
          expect(world.passedOver()).toEqual([]);
          expectSettled(world);
          seen.died += one.isDead() ? 1 : 0;
          seen.twice += world.accepted().length - new Set(world.accepted()).size;
          seen.letters += world.letters.length - 1;
        }),
        { numRuns: runs() },
      );
      for (const [what, count] of Object.entries(seen)) expect({ what, count }).not.toEqual({ what, count: 0 });
    },
  );

  it('share their shards: aggregates of the drill stand in more than one', () => {
    expect(new Set(['a', 'b', 'c'].map(shardOf)).size).toBeGreaterThan(1);
  });
});

const WHEN = fc.constantFrom('before' as const, 'after' as const);
