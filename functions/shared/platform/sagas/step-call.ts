import { setTimeout as sleep } from 'node:timers/promises';
import type { SagaDefinition, SagaStep } from '../../../contracts/sagas/saga-definition.ts';
import { stepTimeout } from '../../../contracts/sagas/saga-definition.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import { newLogger } from '../logger.ts';
import { metered } from '../metered.ts';
import type { CallContext, LATER, Operation, SagaService } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { stepOf } from './saga-state.ts';

type Result = Record<string, unknown> | typeof LATER;

/** What came of a call, tries and all. */
export type Attempt = { error: Failure; result?: never } | { error?: never; result: Result };

type Call = (signal: AbortSignal) => Promise<Result>;

/** Lambda ends every call before this; a timer for a step of days would overflow. */
const LONGEST_CALL_MS = 15 * 60 * 1000;

const logger = newLogger();

/**
 * Calls a service within its step's limit, which covers all tries (seed: executeStep). Whatever is thrown is an outcome, as every
 * step that does not succeed fails; only an answer of the service is passed on word by word.
 */
export async function attempt(saga: SagaDefinition, step: SagaStep, operation: string, call: Call): Promise<Attempt> {
  const over = new AbortController();
  const limit = stepTimeout(saga, step);
  const run = () => Promise.race([tries(step, call, over.signal), timeout(step, limit, over.signal)]);
  try {
    return { result: await metered({ operation: `${step.service}.${operation}` }, run) };
  } catch (error) {
    return { error: failureOf(error, step) };
  } finally {
    over.abort();
  }
}

async function tries({ retries = 0 }: SagaStep, call: Call, over: AbortSignal): Promise<Result> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await call(over);
    } catch (error) {
      const final = isAppError(error) && !error.retryable;
      if (final || tried === retries || over.aborted) throw error;
      await sleep(Math.min(1000 * 2 ** tried, 10_000), undefined, { signal: over });
    }
  }
}

async function timeout({ id }: SagaStep, limit: number, over: AbortSignal): Promise<never> {
  await sleep(Math.min(limit, LONGEST_CALL_MS), undefined, { signal: over });
  throw new AppError('TIMEOUT', `The step ${id} did not finish within ${limit} ms.`);
}

function failureOf(error: unknown, { id }: SagaStep): Failure {
  if (isAppError(error)) return { code: error.code, message: error.message };
  logger.error('A service failed', { stepId: id, error: error instanceof Error ? error : new Error(messageOf(error)) });
  return { code: 'INTERNAL_ERROR', message: `The step ${id} failed on our side.` };
}

export function operationOf(service: SagaService, action: string): Operation {
  const operation = findOperation(service, action);
  if (operation === undefined) throw new AppError('NOT_FOUND', `The service has no operation ${action}.`);
  return operation;
}

/** Clears up after a step that failed or was given up. A step that names no operation has done nothing. */
export async function abandon(service: SagaService, saga: StartedSaga, context: CallContext): Promise<void> {
  const step = stepOf(saga, context.stepId);
  await findOperation(service, step.action)?.abandon?.(inputOf(saga, step), context);
}

export function inputOf(saga: StartedSaga, step: SagaStep): Record<string, unknown> {
  return { ...step.input, ...saga.data };
}

function findOperation(service: SagaService, action: string): Operation | undefined {
  return Object.hasOwn(service, action) ? service[action] : undefined;
}
