import * as z from 'zod';
import { Failure } from '../task-fields.ts';

/** The task has ended without a result; `error` says why. */
export const TaskFailed = z.object({
  type: z.literal('TaskFailed'),
  data: z.object({ error: Failure }),
});
export type TaskFailed = z.infer<typeof TaskFailed>;
