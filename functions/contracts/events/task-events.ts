import * as z from 'zod';
import { TaskAssigned } from './task-assigned.v1.ts';
import { TaskCompleted } from './task-completed.v1.ts';
import { TaskCreated } from './task-created.v1.ts';
import { TaskFailed } from './task-failed.v1.ts';

/**
 * Everything that can happen to a task, in its newest form. An event that gets a second form keeps its file and gains a `.v2.ts`
 * with an upcast; folds see the newest only.
 */
export const TaskEvent = z.discriminatedUnion('type', [TaskCreated, TaskAssigned, TaskCompleted, TaskFailed]);
export type TaskEvent = z.infer<typeof TaskEvent>;
