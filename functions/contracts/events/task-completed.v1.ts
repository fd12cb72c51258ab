import * as z from 'zod';
import { TaskResult } from '../task-fields.ts';

/** The agent's files are stored; the task has ended well. */
export const TaskCompleted = z.object({
  type: z.literal('TaskCompleted'),
  data: z.object({ result: TaskResult }),
});
export type TaskCompleted = z.infer<typeof TaskCompleted>;
