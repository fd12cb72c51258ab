import * as z from 'zod';

/** Somebody did not want the task any more; its agent is free and its files are gone. */
export const TaskCancelled = z.object({
  type: z.literal('TaskCancelled'),
  data: z.object({ reason: z.string() }),
});
export type TaskCancelled = z.infer<typeof TaskCancelled>;
