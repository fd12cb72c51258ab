import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import type { EventLog } from '../../../functions/shared/platform/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/stored-event.ts';
import { taskFollower } from '../../../functions/tasks/adapters/task-follower.ts';
import { FaultLine } from '../../support/faults.ts';
import { memoryEventLog } from '../../support/memory-event-log.ts';
import { DRILL, runs, seededRandom } from '../../support/seeds.ts';
import { TASK_ID } from '../../support/task-samples.ts';
import type { Story } from '../../support/task-stories.ts';
import { anyStory, leased, offered, sagaCompleted, storeOf, storeTask, workDone } from '../../support/task-stories.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

/** The task's history as far as it may not differ: its times are those of the deliveries. */
async function taskHistory(log: EventLog) {
  const { commits } = await log.load(TASK_ID);
  return commits.map(({ commitId, events, metadata: { traceId: _, ...cause } }) => ({ commitId, events, cause }));
}

/** Every event delivered once, right after it happened. */
async function cleanHistory(story: Story) {
  const log = memoryEventLog();
  await storeTask(log);
  for (const event of story) {
    const [stored] = storedEvents(await storeOf(log, event)) as [StoredEvent];
    await taskFollower(log)(stored);
  }
  return taskHistory(log);
}

interface Mishaps {
  duplicates: number;
  /** Delivered when more had happened already. */
  late: number;
  /** Cut off, and delivered again. */
  deaths: number;
  /** Another delivery was faster. */
  races: number;
}

/** Plays the story with deliveries at any later time, up to three of them side by side, up to three times each. */
async function chaoticHistory(story: Story, seed: number, scheduler: fc.Scheduler, mishaps: Mishaps) {
  const random = seededRandom(seed);
  const log = memoryEventLog();
  await storeTask(log);
  const toCome = [...story];
  const pending: StoredEvent[] = [];
  const deliver = async (event: StoredEvent) => {
    const line = new FaultLine({ call: 1 + Math.floor(random() * 8), when: random() < 0.5 ? 'before' : 'after' });
    const racing: EventLog = {
      load: scheduler.scheduleFunction(log.load),
      append: scheduler.scheduleFunction(async (stream, commit) => {
        if ((await log.load(stream.aggregateId)).version > stream.version) mishaps.races += 1;
        return log.append(stream, commit);
      }),
    };
    await taskFollower(line.through(racing, 'append'))(event).catch(() => pending.push(event));
    if (line.fired) mishaps.deaths += 1;
  };
  const happen = async (event: Story[number]) => {
    const [stored] = storedEvents(await storeOf(log, event)) as [StoredEvent];
    const copies = 1 + Math.floor(random() * 3);
    mishaps.duplicates += copies - 1;
    pending.push(...Array.from({ length: copies }, () => stored));
  };
  while (toCome.length + pending.length > 0) {
    const next = random() < 0.6 || pending.length === 0 ? toCome.shift() : undefined;
    if (next !== undefined) {
      if (pending.length > 0) mishaps.late += 1;
      await happen(next);
      continue;
    }
    const place = Math.floor(random() * pending.length);
    const batch = pending.splice(place, 1 + Math.floor(random() * 3));
    await scheduler.waitFor(Promise.all(batch.map(deliver)));
  }
  return taskHistory(log);
}

describe('a task that follows its work and its saga', () => {
  it('does so event by event, each the cause and the command of what follows from it', async () => {
    const work = workIdOf(TASK_ID);
    const history = await cleanHistory([offered, leased('agent_1'), workDone('agent_1'), sagaCompleted]);
    expect(history.map(({ commitId, events, cause }) => [commitId, events[0]?.type, cause.causationId])).toEqual([
      [expect.any(String), 'TaskCreated', undefined],
      [`${work}-2`, 'TaskAssigned', `${work}-2`],
      [`${sagaIdOf(TASK_ID)}-1`, 'TaskCompleted', `${sagaIdOf(TASK_ID)}-1`],
    ]);
    expect(new Set(history.map(({ cause }) => cause.correlationId))).toEqual(new Set(['corr_1']));
  });

  it(
    'comes to the same history whatever comes late, twice, in any order, side by side, or dies in between',
    DRILL,
    async () => {
      const mishaps: Mishaps = { duplicates: 0, late: 0, deaths: 0, races: 0 };
      const ends = new Set<string | undefined>();
      await fc.assert(
        fc.asyncProperty(anyStory, fc.integer(), fc.scheduler(), async (story, seed, scheduler) => {
          const clean = await cleanHistory(story);
          expect(await chaoticHistory(story, seed, scheduler, mishaps)).toEqual(clean);
          ends.add(clean.at(-1)?.events[0]?.type);
        }),
        { numRuns: 2 * runs() },
      );
      const kinds = ['TaskAssigned', 'TaskCancelled', 'TaskCompleted', 'TaskFailed'];
      expect([...ends].sort()).toEqual(kinds);
      for (const [mishap, count] of Object.entries(mishaps))
        expect({ mishap, count }).not.toEqual({ mishap, count: 0 });
    },
  );

  it('is left alone by sagas that are not of a task', async () => {
    const log = memoryEventLog();
    const [event] = storedEvents(await storeOf(log, sagaCompleted)) as [StoredEvent];
    await taskFollower(log)(event);
    expect((await log.load(TASK_ID)).commits).toEqual([]);
  });

  it('passes over what it has gone past, and nothing else', async () => {
    const log = memoryEventLog();
    await storeTask(log);
    const [event] = storedEvents(await storeOf(log, leased('agent_1'))) as [StoredEvent];
    const busy = { ...log, append: async () => 'conflict' as const };
    await expect(taskFollower(busy)(event)).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
    await taskFollower(log)(event);
    await storeOf(log, leased('agent_2'));
    await taskFollower(log)(event);
    expect((await taskHistory(log)).map(({ events }) => events[0]?.data)).toMatchObject([{}, { agent: 'agent_1' }]);
  });
});
