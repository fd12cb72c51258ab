import type { TaskResult } from './task-fields.ts';

/** What the task's machine carries from step to step. */
interface TaskRun {
  taskId: string;
  correlationId: string;
  /** The event that led to this step. */
  causationId: string;
}

/** What Step Functions knows of a step that threw, timed out or could not be called. */
export interface StepError {
  Error: string;
  Cause?: string;
}

/** A step of the machine, as `state-machines/task.asl.json` sends it. */
export type TaskStep =
  | (TaskRun & { step: 'assign' })
  | (TaskRun & { step: 'complete'; result: TaskResult })
  | (TaskRun & { step: 'fail'; error: StepError });

/** What a step answers: the event that it caused becomes the cause of the next. */
export interface TaskStepResult {
  causationId: string;
}

/** The built-in agent's work order. */
export type AgentWork = TaskRun;
