import * as z from 'zod';

/** An agent took the task. */
export const TaskAssigned = z.object({
  type: z.literal('TaskAssigned'),
  data: z.object({ agent: z.string() }),
});
export type TaskAssigned = z.infer<typeof TaskAssigned>;
