import { describe, expect } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import { besideReplay, ownAggregates, quietRebuild, rebuildDrill } from '../../support/projections/rebuild-drill.ts';

const FAULTS = [
  'killed before an effect',
  'killed after an effect',
  'cut off at 25 %',
  'cut off at 50 %',
  'cut off at 75 %',
  'a zombie works on',
  'a zombie is refused',
  'a batch in flight at the beginning',
  'a batch in flight at the switch',
  'a second rebuild is refused',
  'the fill came after a live event',
  'a live event came after the fill',
];

describe('a rebuild in the middle of everything', () => {
  drill(
    'shows readers no older row and loses none, and ends as a replay from zero',
    { regressions: [2, 98, 430], faults: FAULTS },
    async (seed, tally) => {
      const { world, machine, readers, rebuilt } = await rebuildDrill(seed, tally);
      expect(world.violations).toEqual([]);
      const { state } = await world.store.read(world.name);
      expect([state.generation, state.rebuild, state.lastRebuild?.outcome]).toEqual([
        rebuilt.at(-1),
        undefined,
        'switched',
      ]);
      const { wanted, found, offReplay, offSums } = await besideReplay(world, state.generation);
      expect(found).toEqual(wanted);
      expect([offReplay, offSums, await world.failed.count(world.name)]).toEqual([{}, {}, 0]);
      const kept = await Promise.all(rebuilt.map((generation) => world.pagesKept(generation)));
      const again = world.pagesRead - kept.reduce((sum, pages) => sum + pages, 0);
      expect(again).toBeLessThanOrEqual(machine.lostPages);
      tally.add('pages read again', again);
      tally.add('rows read', readers.checks);
      for (const generation of rebuilt) {
        // Beyond each row once, only for what has come into the log since.
        const since = world.ordered.commits.length - (machine.begunAt.get(generation) ?? 0);
        const most = 1.1 * ownAggregates(world).length + since;
        expect(world.puts(generation, 'fill put')).toBeLessThanOrEqual(most);
        tally.add('the fill came after a live event', world.puts(generation, 'fill refused'));
        tally.add('a live event came after the fill', world.puts(generation, 'live put'));
      }
    },
  );
});

describe('a rebuild beside which nothing goes on', () => {
  drill(
    'writes each row once, and reads each page once',
    { regressions: [], faults: ['a switch'] },
    async (seed, tally) => {
      const { world, machine, generation } = await quietRebuild(seed, tally);
      const rows = ownAggregates(world).length;
      expect([world.puts(generation, 'fill put'), world.puts(generation, 'fill refused')]).toEqual([rows, 0]);
      expect([world.pagesRead, machine.lostPages]).toEqual([await world.pagesKept(generation), 0]);
      const { wanted, found, offReplay } = await besideReplay(world, generation);
      expect([found, offReplay]).toEqual([wanted, {}]);
      const { lastRebuild } = (await world.store.read(world.name)).state;
      expect(lastRebuild?.rows).toMatchObject({ added: expect.any(Number), changed: 0, older: 0 });
    },
  );
});
