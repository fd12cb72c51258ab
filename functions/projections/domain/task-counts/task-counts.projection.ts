import type { TaskEvent } from '../../../contracts/events/task-events.ts';
import { taskEvents } from '../../../contracts/events/task-events.ts';
import type { CountedTask } from '../../../contracts/views/task-counts.model.ts';
import type { Recorded } from '../../../shared/kernel/decider.ts';
import type { Projection } from '../../../shared/kernel/projection.ts';

const STATUS: Record<TaskEvent['type'], CountedTask['status']> = {
  TaskCreated: 'pending',
  TaskAssigned: 'assigned',
  TaskReleased: 'pending',
  TaskCompleted: 'completed',
  TaskFailed: 'failed',
  TaskCancelled: 'cancelled',
};

/** How many tasks of each type stand how. */
export const taskCountsProjection: Projection<TaskEvent, CountedTask> = {
  events: taskEvents,
  project: (task, event) => ({ ...(task ?? begun(event)), status: STATUS[event.type] }),
  counts: ({ type, status }) => ({ [type]: { [status]: 1 } }),
};

function begun(event: Recorded<TaskEvent>): Omit<CountedTask, 'status'> {
  if (event.type === 'TaskCreated') return { taskId: event.aggregateId, type: event.data.type };
  throw new Error(`${event.aggregateId} begins with ${event.type} instead of TaskCreated`);
}
