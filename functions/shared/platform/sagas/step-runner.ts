import type { FailedEvent } from '../../../contracts/failed-event.ts';
import { DEFERRED, FAILED_STEP } from '../../../contracts/sagas/compile-saga.ts';
import { runOf } from '../../../contracts/sagas/execution-names.ts';
import type { SagaCall, UndoAgain } from '../../../contracts/sagas/saga-calls.ts';
import type { SagaStep } from '../../../contracts/sagas/saga-definition.ts';
import { isRefusal } from '../../kernel/errors.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import { failedEvent } from '../queues/failed-event.ts';
import type { SagaLog } from './saga-log.ts';
import { startedSaga } from './saga-log.ts';
import type { Callable, CallContext } from './saga-service.ts';
import { LATER } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { isOpen, stepOf } from './saga-state.ts';
import type { Attempt } from './step-call.ts';
import { abandon, attempt, canAbandon, inputOf, operationOf, timeLeft } from './step-call.ts';
import type { StepPorts } from './step-completions.ts';
import { answerToken, completeStep, failStep } from './step-completions.ts';
import type { StepKey } from './step-tokens.ts';

export interface RunnerPorts extends StepPorts {
  breaker: Guard;
  /** Takes what was done for a saga that had gone back already. */
  deadLetter(letter: FailedEvent): Promise<void>;
  longestMs?: number | undefined;
}

type Run = Extract<SagaCall, { do: 'run' }>;

/**
 * Runs one step of a saga for its service. The token is stored before anything is done, what is about to be done is appended before
 * it is done, and its outcome before the token is answered: whatever dies in between, the log tells how far it came, and the same
 * call made again goes on from there.
 */
export function stepRunner(service: Callable, ports: RunnerPorts) {
  return async ({ sagaId, stepId, execution, token }: Run): Promise<void> => {
    const key = { sagaId, stepId, run: runOf(execution) };
    const waited = await ports.tokens.put(key, token);
    const saga = await begun(ports, key);
    if (isOver(saga, key, waited)) return ports.answers.fail(token, FAILED_STEP);
    if (!isOpen(saga, key)) return answerToken(ports, saga, key, token);
    const after = await outcomeOf(service, ports, saga, key);
    if (after === 'deferred') return defer(ports, key, token);
    // Open still: somebody else will answer, unless nobody is to wait for that. A cancellation that came before the step was noted as
    // waiting found it in mid-call and let it be.
    if (!isOpen(after, key) || after.cancelReason !== null) return answerToken(ports, after, key, token);
  };
}

/** The saga was resumed since; or cancelled while the step was put off, which has done nothing that would have to end first. */
function isOver(saga: StartedSaga, { run }: StepKey, { deferred }: { deferred: boolean }): boolean {
  return saga.run !== run || (deferred && saga.cancelReason !== null);
}

/** The machine comes again with another token. */
async function defer({ tokens, answers }: StepPorts, key: StepKey, token: string): Promise<void> {
  await tokens.markDeferred(key);
  await answers.fail(token, DEFERRED);
}

/** The saga once the step has begun; one that goes no further is answered as it stands. */
async function begun({ sagas }: StepPorts, { sagaId, ...step }: StepKey): Promise<StartedSaga> {
  try {
    return await sagas.record(sagaId, 'StartStep', step);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return startedSaga(await sagas.find(sagaId), sagaId);
  }
}

async function outcomeOf(service: Callable, ports: RunnerPorts, saga: StartedSaga, key: StepKey) {
  const step = stepOf(saga, key.stepId);
  const context: CallContext = { ...key, correlationId: saga.correlationId };
  const of = { saga, step, operation: step.action, since: startedAt(saga, key), longestMs: ports.longestMs };
  const call = await attempt(ports.breaker, of, (wait) =>
    operationOf(service, step.action, step.service).run(inputOf(saga, step), { ...context, ...wait }),
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
    const now = await settled(service, ports, saga, context);
    await report(service, ports, now, { ...context, call: call as Settled });
    return now;
  }
}

/** The saga has taken no outcome of this run; where a service has done what nothing undoes, somebody has to look at it. */
async function report(service: Callable, ports: RunnerPorts, now: StartedSaga, late: CallContext & { call: Settled }) {
  const { call, ...context } = late;
  const step = stepOf(now, context.stepId);
  const isLost = now.steps.get(step.id)?.status !== 'completed' && !canAbandon(service, step);
  if (isLost && 'result' in call) await ports.deadLetter(lateLetter(step, context, call.result));
}

function lateLetter(step: SagaStep, { sagaId, stepId, run }: CallContext, result: object): FailedEvent {
  return failedEvent({
    subscriptionId: step.service,
    eventType: `saga.${step.action}`,
    message: JSON.stringify({ do: 'undo-again', sagaId, stepId, run, result } satisfies UndoAgain & { result: object }),
    error: 'LATE_RESULT: The step was done after its saga had turned back, and nothing of it was undone.',
    attempts: 1,
  });
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
async function settled(service: Callable, { sagas }: StepPorts, saga: StartedSaga, context: CallContext) {
  const now = startedSaga(await sagas.find(context.sagaId), context.sagaId);
  const isTaken = now.steps.get(context.stepId)?.status === 'completed';
  if (!isTaken && !isOpen(now, context)) await abandon(service, saga, context);
  return now;
}
