import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { Failure } from '../../../functions/contracts/task-fields.ts';
import { tripStarted } from './saga-samples.ts';

/** What can happen to the sample saga, for given/when/then. */
export const FULL: Failure = { code: 'FULL', message: 'There is no seat.' };
export const stepStarted = (stepId: string): SagaEvent => ({ type: 'SagaStepStarted', data: { stepId } });
export const stepDone = (stepId: string): SagaEvent => ({
  type: 'SagaStepCompleted',
  data: { stepId, result: { [`${stepId}Ticket`]: 7 } },
});
export const flightFailed: SagaEvent = { type: 'SagaStepFailed', data: { stepId: 'flight', error: FULL } };
export const cancelWanted: SagaEvent = { type: 'SagaCancelRequested', data: { reason: 'It rains.' } };
export const turnedBack = (stepId: string | null, error: Failure): SagaEvent => ({
  type: 'SagaCompensationStarted',
  data: { stepId, error },
});
export const ended = (stepId: string | null, error: Failure): SagaEvent => ({
  type: 'SagaFailed',
  data: { stepId, error },
});
export const undone: SagaEvent = { type: 'SagaStepCompensated', data: { stepId: 'flight', compensation: 'unbook' } };
export const notUndone: SagaEvent = {
  type: 'SagaCompensationFailed',
  data: { stepId: 'flight', compensation: 'unbook', error: FULL },
};
export const cutOff = (what: string): Failure => ({ code: 'INTERNAL_ERROR', message: `${what} was cut off.` });
export const CANCELLED: Failure = { code: 'CANCELLED', message: 'It rains.' };

export const begun: SagaEvent[] = [tripStarted, stepStarted('flight')];
export const done = [...begun, stepDone('flight')];
export const back = [...done, turnedBack(null, cutOff('The saga'))];
