import { describe, expect, vi } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import type { Maos } from '../../support/delivery/maos.ts';
import { endOf } from '../../support/delivery/maos.ts';
import { cleanRun, executionOf, play, plotOf } from '../../support/delivery/played-tasks.ts';
import { replayedRows, rowsOf, stateOf } from '../../support/delivery/state.ts';
import { STORM, World } from '../../support/delivery/world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

const HOUR_MS = 3_600_000;
const FAULTS = [
  'death before handler',
  'death before PutEvents',
  'death after PutEvents',
  'death after mark',
  'death before append',
  'death after append',
  'death before put',
  'death after put',
  'death before add',
  'death after add',
  'death before kick',
  'death after kick',
  'death after StartExecution',
  'death before answer',
  'bisected',
  'from the lowest record on',
  'recordsAgain',
  'recut',
  'entriesFail',
  'throttled',
  'answerLost',
  'eventAgain',
  'slow',
  'messageAgain in flight',
  'messageAgain after delete',
  'stale receipt',
  'race for a row',
  'gap closed',
  'commit met itself',
  'execution asked for again',
  'a task ends with TaskAssigned',
  'a task ends with TaskCompleted',
  'a task ends with TaskFailed',
  'a task ends with TaskCancelled',
];

/** The log has each command once: the ids of those of the follower and the starter are the events that they follow from. */
function commandsRepeated({ commits }: Maos): string[] {
  const ids = commits.map(({ aggregateId, commitId }) => `${aggregateId} ${commitId}`);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}

/** Of a task's messages, in the order in which they were given. */
function placesOf({ deliveries }: Maos, taskId: string): number[] {
  return [...(deliveries.streams.get(taskId)?.deliveries.keys() ?? [])];
}

describe('whatever comes one to four times, in other batches, late, and over functions that die', () => {
  drill('leaves the same rows and effects', { regressions: [], faults: FAULTS }, async (seed, tally) => {
    const plot = plotOf(seed);
    const ids = [...plot.keys()];
    const clean = await cleanRun(seed);
    const maos = play(new World(seed, STORM, tally), plot);
    await endOf(maos, HOUR_MS);
    expect(await rowsOf(maos.rows, ids)).toBe(await replayedRows(maos, ids));
    expect(await stateOf(maos, ids)).toBe(await stateOf(clean, ids));
    expect([...maos.executions.started.keys()].sort()).toEqual(ids.map(executionOf).sort());
    expect(commandsRepeated(maos)).toEqual([]);
    for (const id of ids) {
      const { version } = await maos.log.load(id);
      expect(placesOf(maos, id)).toEqual(Array.from({ length: version - 1 }, (_, index) => index + 2));
      tally.add(`a task ends with ${(await maos.log.load(id)).commits.at(-1)?.events.at(-1)?.type}`);
    }
    if (maos.executions.asked > ids.length) tally.add('execution asked for again');
  });
});
