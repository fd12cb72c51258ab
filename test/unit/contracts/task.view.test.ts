import { describe, expect, it } from 'vitest';
import { Task } from '../../../functions/contracts/api/task.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskEvents } from '../../../functions/contracts/events/task-events.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import { recordedAs } from '../../support/tasks/given.ts';
import { sampleEvent, samplePayload, TASK_ID } from '../../support/tasks/task-samples.ts';

const {
  TaskCreated: created,
  TaskAssigned: assigned,
  TaskReleased: released,
  TaskCompleted: completed,
  TaskFailed: failed,
  TaskCancelled: cancelled,
} = sampleEvent;
const view = (...events: TaskEvent[]) => recordedAs(taskEvents, TASK_ID, events).reduce(taskView, undefined as never);

const pending = {
  taskId: TASK_ID,
  ...samplePayload.CreateTask,
  status: 'pending',
  assignedAgent: null,
  result: null,
  error: null,
  correlationId: 'corr_1',
  version: 1,
  createdAt: '2026-08-19T10:11:12.345Z',
  updatedAt: '2026-08-19T10:11:12.345Z',
};

describe("a task's view", () => {
  it.each([
    { after: 'TaskCreated', events: [created], expected: {} },
    {
      after: 'TaskAssigned',
      events: [created, assigned],
      expected: { status: 'assigned', assignedAgent: 'scaffold', version: 2, updatedAt: '2026-08-19T10:11:13.345Z' },
    },
    {
      after: 'TaskReleased, and waits for another agent',
      events: [created, assigned, released],
      expected: { version: 3, updatedAt: '2026-08-19T10:11:14.345Z' },
    },
    {
      after: 'TaskCancelled, with the reason, and keeps its agent',
      events: [created, assigned, cancelled],
      expected: {
        status: 'cancelled',
        assignedAgent: 'scaffold',
        error: { code: 'CANCELLED', message: 'It is not needed.' },
        version: 3,
        updatedAt: '2026-08-19T10:11:14.345Z',
      },
    },
    {
      after: 'TaskCreated as the retry of another',
      events: [{ type: 'TaskCreated', data: { ...samplePayload.CreateTask, retryOf: 'task_0' } }],
      expected: { retryOf: 'task_0' },
    },
    {
      after: 'TaskCompleted',
      events: [created, assigned, completed],
      expected: {
        status: 'completed',
        assignedAgent: 'scaffold',
        ...samplePayload.CompleteTask,
        version: 3,
        updatedAt: '2026-08-19T10:11:14.345Z',
      },
    },
    {
      after: 'TaskFailed, with nobody on it',
      events: [created, failed],
      expected: { status: 'failed', ...samplePayload.FailTask, version: 2, updatedAt: '2026-08-19T10:11:13.345Z' },
    },
    {
      after: 'TaskFailed, and keeps its agent',
      events: [created, assigned, failed],
      expected: {
        status: 'failed',
        assignedAgent: 'scaffold',
        ...samplePayload.FailTask,
        version: 3,
        updatedAt: '2026-08-19T10:11:14.345Z',
      },
    },
  ] as { after: string; events: TaskEvent[]; expected: object }[])('after $after', ({ events, expected }) => {
    expect(view(...events)).toEqual({ ...pending, ...expected });
    expect(Task.strict().safeParse(view(...events)).error).toBeUndefined();
  });

  it('throws where a history does not begin with the creation', () => {
    expect(() => view(assigned)).toThrow(`${TASK_ID} begins with TaskAssigned instead of TaskCreated`);
  });

  it('throws for an event that it has no change for', () => {
    const odd = { ...recordedAs(taskEvents, TASK_ID, [assigned])[0], type: 'TaskEaten' } as never;
    expect(() => taskView(view(created), odd)).toThrow('Unexpected value');
  });

  it('is found again by each of its list filters', () => {
    const task = view(created);
    expect(taskReadModel.idOf(task)).toBe(TASK_ID);
    expect(taskReadModel.sortKeyOf(task)).toBe(task.createdAt);
    expect(Object.values(taskReadModel.indexes).sort()).toEqual(['assignedAgent', 'correlationId', 'status', 'type']);
  });
});
