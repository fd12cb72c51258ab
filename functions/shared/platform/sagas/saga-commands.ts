import type { Command } from '../../../contracts/commands.ts';
import type { SagaStarted } from '../../../contracts/events/saga-events.v1.ts';
import type { Failure } from '../../../contracts/task-fields.ts';

export type StartSaga = Command<'StartSaga', SagaStarted['data']>;
/** `run`: what was begun in an earlier run than the saga's newest comes too late. */
type StartStep = Command<'StartStep', { stepId: string; run?: number }>;
type CompleteStep = Command<'CompleteStep', { stepId: string; result: Record<string, unknown>; run?: number }>;
type FailStep = Command<'FailStep', { stepId: string; error: Failure; run?: number }>;
/** From outside, where the step's service was to answer later. */
export type AnswerStep = Command<
  'AnswerStep',
  { stepId: string; run: number; outcome: { result: Record<string, unknown> } | { error: Failure } }
>;
export type CancelSaga = Command<'CancelSaga', { reason: string }>;
/** `cause`: the name of the error that Step Functions saw, for a step that could not say itself what went wrong. */
type StartCompensation = Command<'StartCompensation', { cause: string | undefined; run?: number }>;
type RecordCompensated = Command<'RecordCompensated', { stepId: string; run?: number }>;
type RecordCompensationFailed = Command<'RecordCompensationFailed', { stepId: string; error: Failure; run?: number }>;
/** Without a step, from the one that failed. */
export type ResumeSaga = Command<
  'ResumeSaga',
  { fromStep?: string | undefined; input: Record<string, unknown>; machine?: string | undefined }
>;
type EndSaga = Command<'EndSaga', { cause: string | undefined; run?: number }>;

/** All of them may come twice: where the saga stands there already, nothing happens. */
export type SagaCommand =
  | StartSaga
  | StartStep
  | CompleteStep
  | FailStep
  | AnswerStep
  | CancelSaga
  | StartCompensation
  | RecordCompensated
  | RecordCompensationFailed
  | ResumeSaga
  | EndSaga;
