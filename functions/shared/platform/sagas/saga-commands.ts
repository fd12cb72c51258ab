import type { Command } from '../../../contracts/commands.ts';
import type { SagaDefinition } from '../../../contracts/sagas/saga-definition.ts';
import type { Failure } from '../../../contracts/task-fields.ts';

export type StartSaga = Command<'StartSaga', { definition: SagaDefinition; data: Record<string, unknown> }>;
type StartStep = Command<'StartStep', { stepId: string }>;
type CompleteStep = Command<'CompleteStep', { stepId: string; result: Record<string, unknown> }>;
type FailStep = Command<'FailStep', { stepId: string; error: Failure }>;
export type CancelSaga = Command<'CancelSaga', { reason: string }>;
/** `cause`: the name of the error that Step Functions saw, for a step that could not say itself what went wrong. */
type StartCompensation = Command<'StartCompensation', { cause: string | undefined }>;
type RecordCompensated = Command<'RecordCompensated', { stepId: string }>;
type RecordCompensationFailed = Command<'RecordCompensationFailed', { stepId: string; error: Failure }>;
type EndSaga = Command<'EndSaga', { cause: string | undefined }>;

/** All of them may come twice: where the saga stands there already, nothing happens. */
export type SagaCommand =
  | StartSaga
  | StartStep
  | CompleteStep
  | FailStep
  | CancelSaga
  | StartCompensation
  | RecordCompensated
  | RecordCompensationFailed
  | EndSaga;
