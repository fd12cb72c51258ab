import type { Recorded } from '../../shared/kernel/decider.ts';
import { assertNever } from '../../shared/kernel/errors.ts';
import type { Task } from '../api/task.ts';
import type { TaskEvent } from '../events/task-events.ts';

/**
 * The task as everybody outside sees it, folded from its events. One fold serves both readers: GET by id folds the log with it,
 * the `tasks` read model applies it event by event, so the two can never tell different stories.
 */
export function taskView(task: Task | undefined, event: Recorded<TaskEvent>): Task {
  if (event.type === 'TaskCreated') return created(event);
  if (task === undefined) throw new Error(`${event.aggregateId} begins with ${event.type} instead of TaskCreated`);
  return { ...task, ...changes(event), version: event.version, updatedAt: event.timestamp };
}

function created(event: Recorded<Extract<TaskEvent, { type: 'TaskCreated' }>>): Task {
  return {
    taskId: event.aggregateId,
    ...event.data,
    status: 'pending',
    assignedAgent: null,
    result: null,
    error: null,
    correlationId: event.correlationId,
    version: event.version,
    createdAt: event.timestamp,
    updatedAt: event.timestamp,
  };
}

function changes(event: Exclude<Recorded<TaskEvent>, { type: 'TaskCreated' }>): Partial<Task> {
  switch (event.type) {
    case 'TaskAssigned':
      return { status: 'assigned', assignedAgent: event.data.agent };
    case 'TaskReleased':
      return { status: 'pending', assignedAgent: null };
    case 'TaskCompleted':
      return { status: 'completed', result: event.data.result };
    case 'TaskFailed':
      return { status: 'failed', error: event.data.error };
    case 'TaskCancelled':
      return { status: 'cancelled', error: { code: 'CANCELLED', message: event.data.reason } };
    default:
      return assertNever(event);
  }
}
