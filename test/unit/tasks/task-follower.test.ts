import { describe, expect, it, vi } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { taskFollower } from '../../../functions/tasks/adapters/task-follower.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';
import type { Story } from '../../support/tasks/task-stories.ts';
import {
  leased,
  offered,
  sagaCompleted,
  sagaFailed,
  storeOf,
  storeTask,
  workDone,
} from '../../support/tasks/task-stories.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const tellNobody = async () => undefined;

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
    await taskFollower(log, tellNobody)(stored);
  }
  return taskHistory(log);
}

const timedOut = sagaFailed('execute', 'TIMEOUT', 'It took too long.');

/** How it fares with every kind of story and delivery: `test/unit/delivery/many-deliveries.test.ts`. */
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

  it('is left alone by sagas that are not of a task', async () => {
    const log = memoryEventLog();
    const [event] = storedEvents(await storeOf(log, sagaCompleted)) as [StoredEvent];
    await taskFollower(log, tellNobody)(event);
    expect((await log.load(TASK_ID)).commits).toEqual([]);
  });

  it('tells no end before what led to it, though that happens between its two looks', async () => {
    const log = memoryEventLog();
    await storeTask(log);
    const [event] = storedEvents(await storeOf(log, offered)) as [StoredEvent];
    const looks: string[] = [];
    const moving: EventLog = {
      ...log,
      async load(id) {
        const seen = await log.load(id);
        looks.push(id);
        // The task itself comes first, then the one half of the story, and then the other.
        if (looks.length === 2) for (const next of [leased('agent_1'), timedOut]) await storeOf(log, next);
        return seen;
      },
    };
    await taskFollower(moving, tellNobody)(event);
    await taskFollower(log, tellNobody)(event);
    expect((await taskHistory(log)).map(({ events }) => events[0]?.type)).toEqual([
      'TaskCreated',
      'TaskAssigned',
      'TaskFailed',
    ]);
    expect(looks.length).toBeGreaterThan(2);
  });

  it('passes over what it has gone past, and nothing else', async () => {
    const log = memoryEventLog();
    await storeTask(log);
    const [event] = storedEvents(await storeOf(log, leased('agent_1'))) as [StoredEvent];
    const busy = { ...log, append: async () => 'conflict' as const };
    await expect(taskFollower(busy, tellNobody)(event)).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
    await taskFollower(log, tellNobody)(event);
    await storeOf(log, leased('agent_2'));
    await taskFollower(log, tellNobody)(event);
    expect((await taskHistory(log)).map(({ events }) => events[0]?.data)).toMatchObject([{}, { agent: 'agent_1' }]);
  });
});
