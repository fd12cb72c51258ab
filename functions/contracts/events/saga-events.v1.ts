import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';
import type { SagaDefinition } from '../sagas/saga-definition.ts';
import type { Failure } from '../task-fields.ts';

/** The saga runs; from here on it is what the definition said at this moment, whatever is deployed later. */
export interface SagaStarted {
  type: 'SagaStarted';
  data: { definition: SagaDefinition; data: Record<string, unknown> };
}

/** The step's service is about to be called. */
export interface SagaStepStarted {
  type: 'SagaStepStarted';
  data: { stepId: string };
}

/** The service has done the step; `result` is merged into the saga's data. */
export interface SagaStepCompleted {
  type: 'SagaStepCompleted';
  data: { stepId: string; result: Record<string, unknown> };
}

/** The service has refused the step, or did not do it in time. */
export interface SagaStepFailed {
  type: 'SagaStepFailed';
  data: { stepId: string; error: Failure };
}

/** Somebody wants the saga to end: no further step begins, and what was done is undone. */
export interface SagaCancelRequested {
  type: 'SagaCancelRequested';
  data: { reason: string };
}

/** The saga turns back. From here on no step's result is taken any more. */
export interface SagaCompensationStarted {
  type: 'SagaCompensationStarted';
  data: { stepId: string | null; error: Failure };
}

/** A step that was done is undone. */
export interface SagaStepCompensated {
  type: 'SagaStepCompensated';
  data: { stepId: string; compensation: string };
}

/** A step that was done could not be undone; the others are undone all the same. */
export interface SagaCompensationFailed {
  type: 'SagaCompensationFailed';
  data: { stepId: string; compensation: string; error: Failure };
}

/** Every step is done. */
export interface SagaCompleted {
  type: 'SagaCompleted';
  data: Record<string, never>;
}

/** The saga has ended, everything that could be undone is undone; `stepId` is the step that failed, if one did. */
export interface SagaFailed {
  type: 'SagaFailed';
  data: { stepId: string | null; error: Failure };
}

/** Everything that can happen to a saga, in its newest form. */
export type SagaEvent =
  | SagaStarted
  | SagaStepStarted
  | SagaStepCompleted
  | SagaStepFailed
  | SagaCancelRequested
  | SagaCompensationStarted
  | SagaStepCompensated
  | SagaCompensationFailed
  | SagaCompleted
  | SagaFailed;

export const sagaEvents: EventContract<SagaEvent> = eventContract<SagaEvent>({
  SagaStarted: true,
  SagaStepStarted: true,
  SagaStepCompleted: true,
  SagaStepFailed: true,
  SagaCancelRequested: true,
  SagaCompensationStarted: true,
  SagaStepCompensated: true,
  SagaCompensationFailed: true,
  SagaCompleted: true,
  SagaFailed: true,
});
