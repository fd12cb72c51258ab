import type { FailedEvent } from '../../../contracts/failed-event.ts';
import type { SagaCall } from '../../../contracts/sagas/saga-calls.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import { failedEvent } from '../queues/failed-event.ts';
import type { SagaLog } from './saga-log.ts';
import type { CallContext, SagaService } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { resultOf, stepOf } from './saga-state.ts';
import type { AttemptOf } from './step-call.ts';
import { abandon, attempt, operationOf } from './step-call.ts';

type Undo = Extract<SagaCall, { do: 'undo' }>;

export interface UndoPorts {
  sagas: SagaLog;
  breaker: Guard;
  /** Takes a compensation that failed: somebody has to look at it. */
  deadLetter(letter: FailedEvent): Promise<void>;
}

/**
 * Undoes one step of a saga (seed: compensate). It first records that the saga turns back, which closes it to late results; then the
 * log tells what there is to undo. A step that is recorded done is compensated, one that did not get so far is only cleared up after,
 * and one that never began is left alone.
 */
export function stepUndo(service: SagaService, ports: UndoPorts) {
  return async ({ sagaId, stepId, cause }: Undo): Promise<void> => {
    const saga = await ports.sagas.record(sagaId, 'StartCompensation', { cause });
    if (saga.status !== 'compensating') return;
    const step = saga.steps.get(stepId);
    const context: CallContext = { sagaId, stepId, correlationId: saga.correlationId };
    if (step?.status === 'completed') return compensate(service, ports, saga, context);
    if (step?.status === 'started' || step?.status === 'failed') await clearUp(service, ports, saga, context);
  };
}

/** What cannot be cleared up does not hold up what can be undone; somebody has to look at it. */
async function clearUp(service: SagaService, ports: UndoPorts, saga: StartedSaga, context: CallContext): Promise<void> {
  const step = { ...stepOf(saga, context.stepId), retries: CLEAR_UP_RETRIES };
  const error = await failureOf(ports, { saga, step, operation: `${step.action}.abandon` }, async () => {
    await abandon(service, saga, context);
    return {};
  });
  if (error !== undefined) await ports.deadLetter(letterOf(saga, context, error));
}

/** A service whose breaker refuses has not failed to undo anything: the machine comes again, for half a day if it must. */
async function failureOf(
  { breaker }: UndoPorts,
  of: AttemptOf,
  call: Parameters<typeof attempt>[2],
): Promise<Failure | undefined> {
  const outcome = await attempt(breaker, of, call);
  if ('refused' in outcome) throw new Error(outcome.refused.message);
  return 'error' in outcome ? outcome.error : undefined;
}

const CLEAR_UP_RETRIES = 2;

async function compensate(service: SagaService, ports: UndoPorts, saga: StartedSaga, context: CallContext) {
  const { sagaId, stepId } = context;
  const step = stepOf(saga, stepId);
  const input = { originalResult: resultOf(saga, stepId), sagaData: saga.data };
  const operation = step.compensation ?? '';
  const error = await failureOf(ports, { saga, step, operation }, (signal) =>
    operationOf(service, operation).run(input, { ...context, signal }),
  );
  if (error === undefined) {
    await ports.sagas.record(sagaId, 'RecordCompensated', { stepId });
    return;
  }
  await ports.deadLetter(letterOf(saga, context, error));
  await ports.sagas.record(sagaId, 'RecordCompensationFailed', { stepId, error });
}

/** The letter goes first: recorded and not sent, nobody would ever hear of it. */
function letterOf(saga: StartedSaga, { sagaId, stepId }: CallContext, { code, message }: Failure): FailedEvent {
  const { service, compensation, retries = 0 } = stepOf(saga, stepId);
  return failedEvent({
    subscriptionId: service,
    eventType: `saga.${compensation}`,
    message: JSON.stringify({ do: 'undo', sagaId, stepId }),
    error: `${code}: ${message}`,
    attempts: retries + 1,
  });
}
