import type { FailedEvent } from '../../../contracts/failed-event.ts';
import { runOf } from '../../../contracts/sagas/execution-names.ts';
import type { SagaCall, UndoAgain } from '../../../contracts/sagas/saga-calls.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import { inRedriveOf } from '../queues/dead-letter-queue.ts';
import { failedEvent } from '../queues/failed-event.ts';
import type { SagaLog } from './saga-log.ts';
import type { Callable, CallContext } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { isToUndo, resultOf, stepOf } from './saga-state.ts';
import type { AttemptOf } from './step-call.ts';
import { abandon, attempt, canAbandon, operationOf } from './step-call.ts';

type Undo = Extract<SagaCall, { do: 'undo' }>;

export interface UndoPorts {
  sagas: SagaLog;
  breaker: Guard;
  longestMs?: number | undefined;
  /** Takes a compensation that failed: somebody has to look at it. */
  deadLetter(letter: FailedEvent): Promise<void>;
}

/**
 * Undoes one step of a saga (seed: compensate). It first records that the saga turns back, which closes it to late results; then the
 * log tells what there is to undo. A step that is recorded done is compensated, one that did not get so far is only cleared up after,
 * and one that never began is left alone.
 */
export function stepUndo(service: Callable, ports: UndoPorts) {
  return async ({ sagaId, stepId, execution, cause }: Undo): Promise<void> => {
    const run = runOf(execution);
    const saga = await ports.sagas.record(sagaId, 'StartCompensation', { cause, run });
    if (saga.status !== 'compensating' || saga.run !== run) return;
    await takeBack(service, ports, saga, { sagaId, stepId, correlationId: saga.correlationId, run });
  };
}

/**
 * Tries once more what could not be undone, where an operator sends its dead letter again. A saga that was resumed since may stand on
 * the step, and one that still turns back comes to it by itself.
 */
export function undoAgain(service: Callable, ports: UndoPorts) {
  return async ({ sagaId, stepId, run, redriveOf }: UndoAgain): Promise<void> => {
    const saga = await ports.sagas.find(sagaId);
    if (saga?.status !== 'failed' || saga.run !== run) return;
    const redrive = { ...ports, deadLetter: inRedriveOf(redriveOf, ports.deadLetter) };
    await takeBack(service, redrive, saga, { sagaId, stepId, correlationId: saga.correlationId, run });
  };
}

/** Compensates a step that is to be undone, and clears up after one that is begun and not known to be done. */
async function takeBack(service: Callable, ports: UndoPorts, saga: StartedSaga, context: CallContext): Promise<void> {
  if (isToUndo(saga, context.stepId)) return compensate(service, ports, saga, context);
  const status = saga.steps.get(context.stepId)?.status;
  if (status === 'started' || status === 'failed') await clearUp(service, ports, saga, context);
}

/** What cannot be cleared up does not hold up what can be undone; somebody has to look at it. */
async function clearUp(service: Callable, ports: UndoPorts, saga: StartedSaga, context: CallContext): Promise<void> {
  const step = { ...stepOf(saga, context.stepId), retries: CLEAR_UP_RETRIES };
  // Nothing to call must not count as a call: it would close the breaker of a service that is down.
  if (!canAbandon(service, step)) return;
  const error = await failureOf(ports, { saga, step, operation: `${step.action}.abandon` }, async () => {
    await abandon(service, saga, context);
    return {};
  });
  if (error !== undefined) await ports.deadLetter(letterOf(saga, context, error));
}

/** A service whose breaker refuses has not failed to undo anything: the machine comes again, for half a day if it must. */
async function failureOf(
  { breaker, longestMs }: UndoPorts,
  of: AttemptOf,
  call: Parameters<typeof attempt>[2],
): Promise<Failure | undefined> {
  const outcome = await attempt(breaker, { ...of, longestMs }, call);
  if ('refused' in outcome) throw new Error(outcome.refused.message);
  return 'error' in outcome ? outcome.error : undefined;
}

const CLEAR_UP_RETRIES = 2;

async function compensate(service: Callable, ports: UndoPorts, saga: StartedSaga, context: CallContext) {
  const { sagaId, stepId, run } = context;
  const step = stepOf(saga, stepId);
  const input = { originalResult: resultOf(saga, stepId), sagaData: saga.data };
  const operation = step.compensation ?? '';
  const error = await failureOf(ports, { saga, step, operation }, (wait) =>
    operationOf(service, operation, step.service).run(input, { ...context, ...wait, undoes: true }),
  );
  if (error === undefined) {
    await ports.sagas.record(sagaId, 'RecordCompensated', { stepId, run });
    return;
  }
  await ports.deadLetter(letterOf(saga, context, error));
  await ports.sagas.record(sagaId, 'RecordCompensationFailed', { stepId, error, run });
}

/** The letter goes first: recorded and not sent, nobody would ever hear of it. */
function letterOf(saga: StartedSaga, { sagaId, stepId, run }: CallContext, { code, message }: Failure): FailedEvent {
  const { service, compensation, retries = 0 } = stepOf(saga, stepId);
  return failedEvent({
    subscriptionId: service,
    eventType: `saga.${compensation}`,
    message: JSON.stringify({ do: 'undo-again', sagaId, stepId, run } satisfies UndoAgain),
    error: `${code}: ${message}`,
    attempts: retries + 1,
  });
}
