import { describe, expect } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import { amountsIn, countedRows, countsStorm, STORM_FAULTS } from '../../support/projections/counts-storm.ts';

describe.each(['task-counts', 'agents'] as const)('the counts of %s', (name) => {
  drill(
    'are those of its rows, and of a calm replay, whatever comes twice, late, in any order, side by side, or dies',
    { regressions: [], faults: STORM_FAULTS },
    async (seed, tally) => {
      const { rows, calm, ids } = await countsStorm(name, seed, tally);
      const amounts = amountsIn(await rows.counts());
      expect(amounts).toEqual(await countedRows(name, rows, ids));
      expect(amounts).toEqual(amountsIn(await calm.counts()));
      expect([...amounts].filter(([, amount]) => amount < 0)).toEqual([]);
      for (const id of ids) expect(await rows.get(id)).toEqual(await calm.get(id));
    },
  );
});
