import { describe, expect, vi } from 'vitest';
import { drill } from '../../support/delivery/drill.ts';
import {
  inventedEvents,
  versionsStored,
  versionsTaken,
  wronglyMarked,
} from '../../support/delivery/published-facts.ts';
import { World } from '../../support/delivery/world.ts';
import { publishTasks } from '../../support/delivery/written-tasks.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

const TASKS = 100;
const PACE_MS = 120_000;
const STORM_MS = 20 * 60_000;

/** Before it reads, around each call of the bus and each mark, and when nobody has heard its answer yet. */
const POINTS = [
  'before handler',
  'before PutEvents',
  'after PutEvents',
  'before mark',
  'after mark',
  'before answer',
] as const;

describe('a publisher that is killed', () => {
  drill(
    'publishes every commit, none that is not stored, and first in order',
    { regressions: [], faults: [...POINTS.map((point) => `death ${point}`), 'bisected', 'recut', 'batch again'] },
    async (seed, tally) => {
      const world = new World(seed, { death: 0.01, recut: 0.2, disorder: 1 }, tally);
      const publishing = publishTasks(world, TASKS, PACE_MS);
      world.clearsUpIn(STORM_MS);
      await world.clock.run();
      expect(versionsTaken(publishing)).toEqual(versionsStored(publishing.commits));
      expect(inventedEvents(publishing)).toEqual([]);
      expect(wronglyMarked(publishing)).toEqual([]);
      expect(publishing.letters.bodies).toEqual([]);
      expect(publishing.commits).toHaveLength(3 * TASKS);
    },
  );
});
