import { DEFERRED } from '../../../contracts/sagas/compile-saga.ts';
import type { SagaCall } from '../../../contracts/sagas/saga-calls.ts';
import { isRefusal } from '../../kernel/errors.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import type { SagaLog } from './saga-log.ts';
import { startedSaga } from './saga-log.ts';
import type { CallContext, SagaService } from './saga-service.ts';
import { LATER } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { isOpen, stepOf } from './saga-state.ts';
import type { Attempt } from './step-call.ts';
import { abandon, attempt, inputOf, operationOf, timeLeft } from './step-call.ts';
import type { StepPorts } from './step-completions.ts';
import { answerToken, completeStep, failStep } from './step-completions.ts';
import type { StepKey } from './step-tokens.ts';

export interface RunnerPorts extends StepPorts {
  breaker: Guard;
}

type Run = Extract<SagaCall, { do: 'run' }>;

/**
 * Runs one step of a saga for its service. The token is stored before anything is done, what is about to be done is appended before
 * it is done, and its outcome before the token is answered: whatever dies in between, the log tells how far it came, and the same
 * call made again goes on from there.
 */
export function stepRunner(service: SagaService, ports: RunnerPorts) {
  return async ({ sagaId, stepId, token }: Run): Promise<void> => {
    const key = { sagaId, stepId };
    await ports.tokens.put(key, token);
    const saga = await begun(ports, key);
    if (!isOpen(saga, key)) return answerToken(ports, saga, key, token);
    const after = await outcomeOf(service, ports, saga, key);
    if (after === 'deferred') return ports.answers.fail(token, DEFERRED);
    // Open still: somebody else will answer, unless nobody is to wait for that. A cancellation that came before the step was noted as
    // waiting found it in mid-call and let it be.
    if (!isOpen(after, key) || after.cancelReason !== null) return answerToken(ports, after, key, token);
  };
}

/** The saga once the step has begun; one that goes no further is answered as it stands. */
async function begun({ sagas }: StepPorts, { sagaId, stepId }: StepKey): Promise<StartedSaga> {
  try {
    return await sagas.record(sagaId, 'StartStep', { stepId });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return startedSaga(await sagas.find(sagaId), sagaId);
  }
}

async function outcomeOf(service: SagaService, ports: RunnerPorts, saga: StartedSaga, key: StepKey) {
  const step = stepOf(saga, key.stepId);
  const context: CallContext = { ...key, correlationId: saga.correlationId };
  const of = { saga, step, operation: step.action, since: startedAt(saga, key) };
  const call = await attempt(ports.breaker, of, (signal) =>
    operationOf(service, step.action).run(inputOf(saga, step), { ...context, signal }),
  );
  if ('refused' in call && timeLeft(of) > 0) return 'deferred';
  if ('result' in call && call.result === LATER) {
    await ports.tokens.markLater(key);
    return settled(service, ports, saga, context);
  }
  try {
    return await recordOutcome(ports.sagas, key, call as Settled);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return settled(service, ports, saga, context);
  }
}

/** What is no "later". */
type Settled = Exclude<Attempt, { result: unknown }> | { result: Record<string, unknown> };

function recordOutcome(sagas: SagaLog, key: StepKey, call: Settled): Promise<StartedSaga> {
  if ('result' in call) return completeStep(sagas, key, call.result);
  return failStep(sagas, key, 'error' in call ? call.error : call.refused);
}

/** A step that waits for a breaker has begun when it came first. */
function startedAt(saga: StartedSaga, { stepId }: StepKey): string {
  const step = saga.steps.get(stepId);
  return step?.status === 'started' ? step.at : saga.startedAt;
}

/**
 * The saga as it stands now, where this run gave no outcome to it. If it has gone on meanwhile and no other run's result was taken,
 * nothing that this one did may stay behind.
 */
async function settled(service: SagaService, { sagas }: StepPorts, saga: StartedSaga, context: CallContext) {
  const now = startedSaga(await sagas.find(context.sagaId), context.sagaId);
  const isTaken = now.steps.get(context.stepId)?.status === 'completed';
  if (!isTaken && !isOpen(now, context)) await abandon(service, saga, context);
  return now;
}
