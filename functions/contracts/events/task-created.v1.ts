import * as z from 'zod';
import { Priority, Requirements, TaskDescription, TaskMetadata, TaskType } from '../task-fields.ts';

/** A client submitted a task. */
export const TaskCreated = z.object({
  type: z.literal('TaskCreated'),
  data: z.object({
    type: TaskType,
    description: TaskDescription,
    requirements: Requirements,
    priority: Priority,
    metadata: TaskMetadata,
    /** The task that this one tries again. */
    retryOf: z.string().optional(),
  }),
});
export type TaskCreated = z.infer<typeof TaskCreated>;
