import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { loggedSweep } from '../../../functions/events/adapters/sweep-report.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks/tasks.projection.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { Publisher } from '../../support/publisher/outage.ts';
import { noFaults, Outage } from '../../support/publisher/outage.ts';
import { memoryReadModels } from '../../support/read-models/memory-read-models.ts';
import { DRILL, runs, seededRandom } from '../../support/seeds.ts';
import { anyTaskHistory } from '../../support/tasks/task-samples.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
const logs = captureLogLines();
beforeEach(() => {
  vi.stubEnv(ENV.stage, 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const MAX_ROUNDS = 300;

/** A read model that is brought every event as the bus takes it, in its order and as often, with the log as it is then. */
function follower({ world }: Outage) {
  const rows = memoryReadModels(taskReadModel);
  let gaps = 0;
  let delivered = 0;
  const load: EventLog['load'] = (id) => {
    gaps += 1;
    return world.ordered.log.load(id);
  };
  const { apply } = projector(tasksProjection, rows, { ...world.ordered.log, load });
  const follow = async () => {
    for (const event of world.bus.accepted.slice(delivered)) await apply(event);
    delivered = world.bus.accepted.length;
  };
  /** What went to the dead letters is sent again in the end. */
  const redrive = async () => {
    for (const { message } of world.letters) await apply(JSON.parse(message) as StoredEvent);
  };
  return { rows, follow, redrive, gaps: () => gaps };
}

/** Every round keeps the checkpoints true; in the end all is settled. */
async function weathered(outage: Outage, publisher: Publisher) {
  const { world } = outage;
  const { follow, redrive, rows, gaps } = follower(outage);
  await outage.pass();
  await follow();
  if (publisher === 'first') await outage.catchUp();
  for (let round = 0; !(outage.isOver() && world.unmarked().length === 0); round += 1) {
    if (round > MAX_ROUNDS) throw new Error(`${world.unmarked().length} commits are never published.`);
    await outage.round(publisher);
    expect(world.passedOver()).toEqual([]);
    await follow();
  }
  await outage.catchUp();
  await follow();
  await redrive();
  return { rows, gaps: gaps() };
}

/** As JSON says it: it knows no `-0`. */
const textOf = ({ metadata: { publishedAt: _, ...metadata }, ...event }: StoredEvent) =>
  JSON.stringify({ ...event, metadata });

/** Every event of the log went out as it is there, or has its letter; and nothing else did. */
function expectAllPublished({ world }: Outage): void {
  const stored = new Map(world.ordered.commits.flatMap(storedEvents).map((event) => [event.eventId, textOf(event)]));
  const letters = world.letters.map(({ message }) => JSON.parse(message) as StoredEvent);
  const out = [...world.bus.accepted, ...letters];
  for (const event of out) expect(textOf(event)).toBe(stored.get(event.eventId));
  expect(new Set(out.map(({ eventId }) => eventId))).toEqual(new Set(stored.keys()));
}

/** For the first time, each event of an aggregate comes behind those before it. */
function expectInOrder(events: readonly StoredEvent[]): void {
  const firsts = new Map(events.toReversed().map((event, index) => [event.eventId, { event, index: -index }]));
  const inTime = [...firsts.values()].sort((a, b) => a.index - b.index).map(({ event }) => event.data);
  for (const own of Map.groupBy(inTime, ({ aggregateId }) => aggregateId).values()) {
    const versions = own.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  }
}

async function expectRowsAsInOrder({ world }: Outage, rows: ReturnType<typeof follower>['rows']): Promise<void> {
  const clean = memoryReadModels(taskReadModel);
  const { apply } = projector(tasksProjection, clean, world.ordered.log);
  const ids = new Set<string>();
  for (const event of world.ordered.commits.flatMap(storedEvents)) {
    await apply(event);
    ids.add(event.data.aggregateId);
  }
  for (const id of ids) expect(JSON.stringify(await rows.get(id))).toBe(JSON.stringify(await clean.get(id)));
}

describe('a publisher that was off for 25 hours, over a stream that keeps 24', () => {
  it(
    'leaves nothing unpublished, whatever befalls the sweeps, and read models end as if it had been on',
    DRILL,
    async () => {
      const seen = { ...noFaults(), swept: 0, gaps: 0, twice: 0, ahead: 0 };
      const histories = fc.array(anyTaskHistory, { minLength: 2, maxLength: 6 });
      const publishers = fc.constantFrom<Publisher>('first', 'beside', 'last');
      await fc.assert(
        fc.asyncProperty(histories, fc.integer(), publishers, async (all: TaskEvent[][], seed, publisher) => {
          const outage = new Outage(all, seededRandom(seed), seen, loggedSweep());
          const { rows, gaps } = await weathered(outage, publisher);
          const { accepted } = outage.world.bus;
          expectAllPublished(outage);
          expectInOrder(outage.bySweeps);
          if (publisher === 'last') expectInOrder(accepted);
          await expectRowsAsInOrder(outage, rows);
          seen.swept += outage.world.swept.length;
          seen.gaps += gaps;
          seen.twice += accepted.length - new Set(accepted.map(({ eventId }) => eventId)).size;
          seen.ahead += isInOrder(accepted) ? 0 : 1;
        }),
        { numRuns: runs() },
      );
      for (const [what, count] of Object.entries(seen)) expect({ what, count }).not.toEqual({ what, count: 0 });
      expectTold(seen.swept);
    },
  );
});

/** Whether the stream never came with a later event before a sweep came with an earlier one. */
function isInOrder(events: readonly StoredEvent[]): boolean {
  try {
    expectInOrder(events);
    return true;
  } catch {
    return false;
  }
}

/** The alarm's metric and a line a commit, which names it and holds nothing of its events. */
function expectTold(swept: number): void {
  const entries = logs.entries();
  const counts = entries.flatMap((line) => ('SweptCommits' in line ? [Number(line.SweptCommits)] : []));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(swept);
  const lines = entries.filter(({ message }) => message === 'Commit swept');
  expect(lines).toHaveLength(swept);
}
