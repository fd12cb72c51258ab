import * as fc from 'fast-check';
import { describe, expect, vi } from 'vitest';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { drill } from '../../support/delivery/drill.ts';
import { deployMaos, endOf } from '../../support/delivery/maos.ts';
import { replayedRows, rowsOf } from '../../support/delivery/state.ts';
import { STORM, World } from '../../support/delivery/world.ts';
import { taskIdAt, writeTask } from '../../support/delivery/written-tasks.ts';
import { anyTaskHistory } from '../../support/tasks/task-samples.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

const FAULTS = [
  'eventAgain',
  'messageAgain in flight',
  'messageAgain after delete',
  'gap closed',
  'race for a row',
  'death before get',
  'death before put',
  'death after put',
];
const PACE_MS = 4000;
const HALF_AN_HOUR_MS = 1_800_000;

/** In commits of one to three events. */
function committed(world: World, history: readonly NewEvent[]): NewEvent[][] {
  const rest = [...history];
  const commits: NewEvent[][] = [];
  while (rest.length > 0) commits.push(rest.splice(0, world.whole(1, 3)));
  return commits;
}

describe('the tasks read model', () => {
  drill(
    'ends the same whatever comes twice, late, in any order, side by side, or dies in between',
    { regressions: [], faults: FAULTS },
    async (seed, tally) => {
      const histories = fc.sample(anyTaskHistory, { seed, numRuns: 5 });
      const world = new World(seed, STORM, tally);
      const maos = deployMaos(world);
      for (const [index, history] of histories.entries()) {
        const task = { taskId: taskIdAt(index), commits: committed(world, history), pace: PACE_MS };
        void writeTask(world, maos.log, task);
      }
      await endOf(maos, HALF_AN_HOUR_MS);
      const ids = histories.map((_, index) => taskIdAt(index));
      expect(await rowsOf(maos.rows, ids)).toBe(await replayedRows(maos, ids));
    },
  );
});
