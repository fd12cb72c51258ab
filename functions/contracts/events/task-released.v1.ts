import * as z from 'zod';
import { Failure } from '../task-fields.ts';

/** The agent was lost or gave the task back; it waits for another. */
export const TaskReleased = z.object({
  type: z.literal('TaskReleased'),
  data: z.object({ agent: z.string(), error: Failure }),
});
export type TaskReleased = z.infer<typeof TaskReleased>;
