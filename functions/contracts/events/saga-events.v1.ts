import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';
import type { SagaDefinition } from '../sagas/saga-definition.ts';
import type { Failure } from '../task-fields.ts';

/** The saga runs; from here on it is what the definition said at this moment, whatever is deployed later. */
export interface SagaStarted {
  type: 'SagaStarted';
  data: {
    definition: SagaDefinition;
    data: Record<string, unknown>;
    /** The machine that sagas of this shape share; a built-in saga has one of its definition's own name. */
    machine?: string;
  };
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

/** A saga that failed goes on, from this step, as if neither it nor those behind it had ever begun. */
export interface SagaResumed {
  type: 'SagaResumed';
  data: {
    fromStep: string;
    /** What the step is called with besides, and before all else. */
    input: Record<string, unknown>;
    machine?: string;
  };
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
  | SagaResumed
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
  SagaResumed: true,
  SagaCompleted: true,
  SagaFailed: true,
});
