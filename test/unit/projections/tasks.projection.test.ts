import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks.projection.ts';
import { projector } from '../../../functions/shared/platform/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models.ts';
import { storedEvents } from '../../../functions/shared/platform/stored-event.ts';
import type { Mishaps } from '../../support/deliveries.ts';
import { crashingRows, deliveriesOf, growingLog, noMishaps, storedCommits } from '../../support/deliveries.ts';
import { memoryReadModels } from '../../support/memory-read-models.ts';
import { DRILL, runs, seededRandom } from '../../support/seeds.ts';
import { anyTaskHistory } from '../../support/task-samples.ts';

const rowsOf = async (rows: ReadModelStore<Task>, count: number) =>
  JSON.stringify(await Promise.all(Array.from({ length: count }, (_, index) => rows.get(`task_${index}`))));

/** Every event once and in order: what all other ways have to come to. */
async function cleanRows(events: readonly StoredEvent[], count: number): Promise<string> {
  const rows = memoryReadModels(taskReadModel);
  const apply = projector(tasksProjection, rows, growingLog([], noMishaps()));
  for (const event of events) await apply(event);
  return rowsOf(rows, count);
}

interface Drill {
  histories: TaskEvent[][];
  seed: number;
  scheduler: fc.Scheduler;
  mishaps: Mishaps;
}

/** Delivers in chaos until every delivery has been taken; what failed comes again, as a queue sends it again. */
async function chaoticRows({
  histories,
  seed,
  scheduler,
  mishaps,
}: Drill): Promise<{ clean: string; chaotic: string }> {
  const random = seededRandom(seed);
  const commits = await storedCommits(histories, random);
  const events = commits.flatMap(storedEvents);
  const log = growingLog(commits, mishaps);
  const rows = memoryReadModels(taskReadModel);
  const { get, put } = crashingRows(rows, random, mishaps);
  const slow = { ...rows, get: scheduler.scheduleFunction(get), put: scheduler.scheduleFunction(put) };
  const apply = projector(tasksProjection, slow, log);
  const batches = deliveriesOf(events, random);
  countOrder(batches.flat(), mishaps);
  let deliveries = 0;
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    for (const event of batch) log.storedUpTo(event);
    const outcomes = await scheduler.waitFor(Promise.allSettled(batch.map(apply)));
    const failed = batch.filter((_, index) => outcomes[index]?.status === 'rejected');
    if (failed.length > 0) batches.splice(Math.floor(random() * (batches.length + 1)), 0, failed);
    deliveries += batch.length;
    if (deliveries > 50 * events.length) throw new Error('Some delivery fails for ever.', { cause: outcomes });
  }
  return { clean: await cleanRows(events, histories.length), chaotic: await rowsOf(rows, histories.length) };
}

function countOrder(deliveries: readonly StoredEvent[], mishaps: Mishaps): void {
  const seen = new Set<string>();
  const highest = new Map<string, number>();
  for (const { eventId, data } of deliveries) {
    const before = highest.get(data.aggregateId) ?? 0;
    if (seen.has(eventId)) mishaps.duplicates += 1;
    else if (data.version < before) mishaps.reorders += 1;
    seen.add(eventId);
    highest.set(data.aggregateId, Math.max(before, data.version));
  }
}

describe('the tasks read model', () => {
  it('ends the same whatever comes twice, late, in any order, side by side, or dies in between', DRILL, async () => {
    const mishaps = noMishaps();
    const histories = fc.array(anyTaskHistory, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(histories, fc.integer(), fc.scheduler(), async (all, seed, scheduler) => {
        const { clean, chaotic } = await chaoticRows({ histories: all, seed, scheduler, mishaps });
        expect(chaotic).toBe(clean);
      }),
      { numRuns: runs() },
    );
    for (const [mishap, count] of Object.entries(mishaps)) expect({ mishap, count }).not.toEqual({ mishap, count: 0 });
  });
});
