import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import type { Recorded } from '../../../functions/shared/kernel/decider.ts';
import { statusMessages } from '../../../functions/tasks/domain/status-messages.ts';
import { runs } from '../../support/seeds.ts';
import { anyTaskHistory, sampleEvent, samplePayload, TASK_ID } from '../../support/tasks/task-samples.ts';

const at = (version: number) => new Date(1_000_000 + version * 1000).toISOString();

const recorded = (events: readonly TaskEvent[]): Recorded<TaskEvent>[] =>
  events.map((event, index) => ({
    ...event,
    eventId: `${TASK_ID}-${index + 1}`,
    aggregateId: TASK_ID,
    version: index + 1,
    timestamp: at(index + 1),
    correlationId: 'corr_1',
  }));

const told = (...types: (keyof typeof sampleEvent)[]) =>
  statusMessages(recorded(types.map((type) => sampleEvent[type]))).map(({ seq, createdAt, body }) => ({
    seq,
    createdAt,
    ...(JSON.parse(body) as object),
  }));

const change = (version: number, status: string, outcome: object = {}) => ({
  seq: version,
  createdAt: at(version),
  taskId: TASK_ID,
  status,
  timestamp: at(version),
  ...outcome,
});

describe('what a callback address is told of a task', () => {
  it('is nothing of its creation, which the call itself has answered', () => {
    expect(told('TaskCreated')).toEqual([]);
  });

  it('is each change of its status, in place of its version, and the result at last', () => {
    expect(told('TaskCreated', 'TaskAssigned', 'TaskReleased', 'TaskAssigned', 'TaskCompleted')).toEqual([
      change(2, 'assigned'),
      change(3, 'pending'),
      change(4, 'assigned'),
      change(5, 'completed', samplePayload.CompleteTask),
    ]);
  });

  it('is the error of one that failed or was cancelled', () => {
    expect(told('TaskCreated', 'TaskFailed')).toEqual([change(2, 'failed', samplePayload.FailTask)]);
    const error = { code: 'CANCELLED', message: samplePayload.CancelTask.reason };
    expect(told('TaskCreated', 'TaskCancelled')).toEqual([change(2, 'cancelled', { error })]);
  });

  it('is what the task itself shows after each event, and the same bytes however much has happened since', () =>
    fc.assert(
      fc.property(anyTaskHistory, (events) => {
        const all = recorded(events);
        const messages = statusMessages(all);
        expect(messages.map(({ seq }) => seq)).toEqual(all.slice(1).map(({ version }) => version));
        for (const [index, message] of messages.entries()) {
          const until = all.slice(0, index + 2);
          expect(statusMessages(until)).toEqual(messages.slice(0, index + 1));
          const shown = until.reduce<ReturnType<typeof taskView> | undefined>(taskView, undefined);
          expect(JSON.parse(message.body)).toMatchObject({ status: shown?.status, timestamp: shown?.updatedAt });
        }
      }),
      { numRuns: runs() },
    ));
});
