import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';
import type { TaskAssigned } from './task-assigned.v1.ts';
import type { TaskCancelled } from './task-cancelled.v1.ts';
import type { TaskCompleted } from './task-completed.v1.ts';
import type { TaskCreated } from './task-created.v1.ts';
import type { TaskFailed } from './task-failed.v1.ts';
import type { TaskReleased } from './task-released.v1.ts';

/** Everything that can happen to a task, in its newest form. */
export type TaskEvent = TaskCreated | TaskAssigned | TaskReleased | TaskCompleted | TaskFailed | TaskCancelled;

/**
 * What every reader of tasks' events takes them through. An event that gets a second form keeps its file and gains a `.v2.ts` with
 * an upcast, which is called from here; folds see the newest only.
 */
export const taskEvents: EventContract<TaskEvent> = eventContract<TaskEvent>({
  TaskCreated: true,
  TaskAssigned: true,
  TaskReleased: true,
  TaskCompleted: true,
  TaskFailed: true,
  TaskCancelled: true,
});
