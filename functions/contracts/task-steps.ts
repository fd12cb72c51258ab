import * as z from 'zod';
import { TaskResult } from './task-fields.ts';

/** What the task's machine carries from step to step. */
const TaskRun = z.object({ taskId: z.string(), correlationId: z.string(), causationId: z.string() });

/** What Step Functions knows of a step that threw, timed out or could not be called. */
const StepError = z.object({ Error: z.string(), Cause: z.string().optional() });
export type StepError = z.infer<typeof StepError>;

export const TaskStep = z.discriminatedUnion('step', [
  TaskRun.extend({ step: z.literal('assign') }),
  TaskRun.extend({ step: z.literal('complete'), result: TaskResult }),
  TaskRun.extend({ step: z.literal('fail'), error: StepError }),
]);
export type TaskStep = z.infer<typeof TaskStep>;

/** What a step answers: the event that it caused becomes the cause of the next. */
export interface TaskStepResult {
  causationId: string;
}

/** The built-in agent's work order. */
export const AgentWork = TaskRun;
export type AgentWork = z.infer<typeof AgentWork>;
