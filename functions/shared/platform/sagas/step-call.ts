import { setTimeout as sleep } from 'node:timers/promises';
import type { SagaStep } from '../../../contracts/sagas/saga-definition.ts';
import { stepTimeout } from '../../../contracts/sagas/saga-definition.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import { isBreakerRefusal } from '../breaker/circuit-breaker.ts';
import { newLogger } from '../logger.ts';
import type { Callable, CallContext, LATER, Operation, RunContext } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { stepOf } from './saga-state.ts';

type Result = Record<string, unknown> | typeof LATER;

/** What came of a call, tries and all. `refused`: the service's breaker did not let it through, and it is worth to come again. */
export type Attempt = { result: Result } | { error: Failure } | { refused: Failure };

type Call = (wait: Pick<RunContext, 'signal' | 'timeoutMs'>) => Promise<Result>;

/** What is called, and for whom. */
export interface AttemptOf {
  saga: Pick<StartedSaga, 'definition' | 'correlationId'>;
  step: SagaStep;
  /** The step's action, or its compensation. */
  operation: string;
  /** The longest that one run of the function lasts; what takes longer answers later. */
  longestMs?: number | undefined;
  /** ISO 8601: since when the step's limit runs, where it began before this run. */
  since?: string;
}

/** Lambda ends every call before this; a timer for a step of days would overflow. */
const LONGEST_CALL_MS = 15 * 60 * 1000;

const logger = newLogger();

/**
 * Calls a service within its step's limit, which covers all tries (seed: executeStep), each of them through the service's breaker.
 * Whatever is thrown is an outcome, as every step that does not succeed fails; only an answer of the service is passed on word by word.
 */
export async function attempt(breaker: Guard, of: AttemptOf, call: Call): Promise<Attempt> {
  const over = new AbortController();
  try {
    return { result: await tries(breaker, of, call, over) };
  } catch (error) {
    if (isBreakerRefusal(error, of.step.service)) return { refused: failureOf(error, of.step) };
    return { error: failureOf(error, of.step) };
  } finally {
    over.abort();
  }
}

async function tries(breaker: Guard, of: AttemptOf, call: Call, over: AbortController): Promise<Result> {
  const { saga, step, operation } = of;
  const limit = Math.min(timeLeft(of), of.longestMs ?? LONGEST_CALL_MS);
  const end = Date.now() + limit;
  const timeout = timeoutAfter(limit, of, over.signal);
  const request = { service: step.service, operation, correlationId: saga.correlationId };
  for (let tried = 0; ; tried += 1) {
    const timeoutMs = end - Date.now();
    try {
      return await breaker.call({ ...request, timeoutMs }, () =>
        Promise.race([call({ signal: over.signal, timeoutMs }), timeout]),
      );
    } catch (error) {
      const final = isAppError(error) && !error.retryable;
      if (final || tried === (step.retries ?? 0) || Date.now() >= end) throw error;
      await Promise.race([sleep(Math.min(1000 * 2 ** tried, 10_000), undefined, { signal: over.signal }), timeout]);
    }
  }
}

/** In ms; nothing where the time is up. */
export function timeLeft({ saga, step, since }: Pick<AttemptOf, 'saga' | 'step' | 'since'>): number {
  const passed = since === undefined ? 0 : Math.max(0, Date.now() - Date.parse(since));
  return Math.max(0, stepTimeout(saga.definition, step) - passed);
}

/** Rejects when the time is up; nobody need be listening then. */
function timeoutAfter(
  limit: number,
  { saga, step, longestMs = Infinity }: AttemptOf,
  over: AbortSignal,
): Promise<never> {
  const allowed = Math.min(stepTimeout(saga.definition, step), longestMs);
  const message = `The step ${step.id} did not finish within ${allowed} ms.`;
  const timeout = sleep(limit, undefined, { signal: over }).then(() => {
    throw new AppError('TIMEOUT', message, { retryable: true });
  });
  timeout.catch(() => undefined);
  return timeout;
}

function failureOf(error: unknown, { id }: SagaStep): Failure {
  if (isAppError(error)) return { code: error.code, message: error.message };
  logger.error('A service failed', { stepId: id, error: error instanceof Error ? error : new Error(messageOf(error)) });
  return { code: 'INTERNAL_ERROR', message: `The step ${id} failed on our side.` };
}

/** @param of the service's name, where several can be called */
export function operationOf(service: Callable, action: string, of = ''): Operation {
  const operation = findOperation(service, action, of);
  if (operation === undefined) throw new AppError('NOT_FOUND', `The service has no operation ${action}.`);
  return operation;
}

/** Clears up after a step that failed or was given up. A step that names no operation has done nothing. */
export async function abandon(service: Callable, saga: StartedSaga, context: CallContext): Promise<void> {
  const step = stepOf(saga, context.stepId);
  await findOperation(service, step.action, step.service)?.abandon?.(inputOf(saga, step), context);
}

/** Whether there is anything to call where a step is to be cleared up after. */
export function canAbandon(service: Callable, { action, service: of }: SagaStep): boolean {
  return findOperation(service, action, of)?.abandon !== undefined;
}

export function inputOf(saga: StartedSaga, step: SagaStep): Record<string, unknown> {
  return { ...step.input, ...saga.data, ...saga.edits.get(step.id) };
}

function findOperation(service: Callable, action: string, of: string): Operation | undefined {
  if (typeof service === 'function') return service(of, action);
  return Object.hasOwn(service, action) ? service[action] : undefined;
}
