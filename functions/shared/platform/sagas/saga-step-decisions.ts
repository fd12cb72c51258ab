import type { SagaEvent } from '../../../contracts/events/saga-events.v1.ts';
import { stepTimeout } from '../../../contracts/sagas/saga-definition.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import type { Decision } from '../../kernel/decider.ts';
import { accept, refuse } from '../../kernel/decider.ts';
import type { AnswerStep } from './saga-commands.ts';
import type { StartedSaga } from './saga-state.ts';
import { stepOf } from './saga-state.ts';

type Decided = Decision<SagaEvent>;

const COMPLETED: SagaEvent = { type: 'SagaCompleted', data: {} };

export function startStep(saga: StartedSaga, stepId: string, now: string): Decided {
  if (saga.steps.has(stepId)) return accept();
  if (saga.status !== 'running' || saga.cancelReason !== null) return refuse('CONFLICT', 'The saga goes no further.');
  if (Date.parse(now) - Date.parse(saga.runningSince) > saga.definition.timeout) {
    const error = { code: 'TIMEOUT', message: `The saga did not finish within ${saga.definition.timeout} ms.` };
    return accept({ type: 'SagaStepFailed', data: { stepId, error } });
  }
  return accept({ type: 'SagaStepStarted', data: { stepId } });
}

/** The last step's result ends the saga in the same commit, so that no crash can come between. */
export function completeStep(
  saga: StartedSaga,
  { stepId, result }: { stepId: string; result: Record<string, unknown> },
): Decided {
  const step = saga.steps.get(stepId);
  if (step?.status === 'completed') return accept();
  if (saga.status !== 'running' || step?.status !== 'started') return refuse('CONFLICT', `${stepId} is not running.`);
  const tooLarge = excessOf(saga, stepId, result);
  if (tooLarge !== undefined) return accept({ type: 'SagaStepFailed', data: { stepId, error: tooLarge } });
  const completed: SagaEvent = { type: 'SagaStepCompleted', data: { stepId, result } };
  const isLast = saga.definition.steps.at(-1)?.id === stepId;
  return isLast && saga.cancelReason === null ? accept<SagaEvent>(completed, COMPLETED) : accept(completed);
}

export function failStep(saga: StartedSaga, { stepId, error }: { stepId: string; error: Failure }): Decided {
  const step = saga.steps.get(stepId);
  if (step?.status === 'failed') return accept();
  if (saga.status !== 'running' || step?.status !== 'started') return refuse('CONFLICT', `${stepId} is not running.`);
  return accept({ type: 'SagaStepFailed', data: { stepId, error } });
}

/** A service that was to answer later answers once, and in time; whoever comes after learns which of both he missed. */
export function answerStep(saga: StartedSaga, { stepId, outcome }: AnswerStep['payload'], now: string): Decided {
  const step = saga.steps.get(stepId);
  const isOutOfTime = step?.status === 'failed' && step.error.code === 'TIMEOUT';
  if (step !== undefined && step.status !== 'started' && !isOutOfTime)
    return refuse('CONFLICT', 'The step has its answer already.');
  if (saga.status !== 'running' || step?.status !== 'started' || isLate(saga, stepId, step.at, now))
    return refuse('GONE', 'Nobody waits for the answer any more.');
  return 'result' in outcome
    ? completeStep(saga, { stepId, result: outcome.result })
    : failStep(saga, { stepId, error: outcome.error });
}

function isLate(saga: StartedSaga, stepId: string, since: string, now: string): boolean {
  return Date.parse(now) - Date.parse(since) > stepTimeout(saga.definition, stepOf(saga, stepId));
}

/** Bytes of JSON (api.md, "Sagas"). */
const MAX_RESULT_BYTES = 64 * 1024;
const MAX_DATA_BYTES = 256 * 1024;
/** Of all results together: written into Lambda's own JSON, which ends at 6 MB, they may double. */
const MAX_RESULTS_BYTES = 2 * 1024 * 1024;

/** What users' services give is limited; ours know what they do. */
function excessOf(saga: StartedSaga, stepId: string, result: Record<string, unknown>): Failure | undefined {
  if (saga.machine === undefined) return undefined;
  const tooLarge = (message: string) => ({ code: 'RESULT_TOO_LARGE', message });
  if (jsonBytes(result) > MAX_RESULT_BYTES)
    return tooLarge(`The result of the step ${stepId} has more than ${MAX_RESULT_BYTES} bytes.`);
  if (jsonBytes({ ...saga.data, ...result }) > MAX_DATA_BYTES)
    return tooLarge(`With the result of the step ${stepId} the saga's data has more than ${MAX_DATA_BYTES} bytes.`);
  const results = [...saga.steps.values()].reduce(
    (sum, step) => sum + ('result' in step ? jsonBytes(step.result) : 0),
    0,
  );
  if (results + jsonBytes(result) > MAX_RESULTS_BYTES)
    return tooLarge(`With that of the step ${stepId} the saga's results have more than ${MAX_RESULTS_BYTES} bytes.`);
  return undefined;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
