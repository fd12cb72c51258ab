import { AppError, isAppError, messageOf } from '../../shared/kernel/errors.ts';
import { isHttpError } from '../../shared/platform/http/answer.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { RequestFailure, RequestRecord } from '../domain/request.ts';
import type { RequestChange } from '../domain/request-changes.ts';
import { completed, failed, triedInVain } from '../domain/request-changes.ts';
import type { Clock } from './clock.ts';

/** Larger results are none (api.md, "Every call", `RESULT_TOO_LARGE`): what a caller may send, a service may answer. */
const MAX_RESULT_BYTES = 256 * 1024;

const logger = newLogger();

/** Makes a try, and says what it makes of its request. */
export async function outcomeOf(
  attempt: () => Promise<unknown>,
  request: RequestRecord,
  clock: Pick<Clock, 'now'>,
): Promise<RequestChange> {
  try {
    const value = await attempt();
    assertFits(value, request);
    return completed(request, value, clock.now());
  } catch (error) {
    const fail = isAppError(error) && error.retryable ? triedInVain : failed;
    return fail(request, failureOf(error, request), clock.now());
  }
}

function assertFits(value: unknown, { service, operation }: RequestRecord): void {
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_RESULT_BYTES) return;
  const message = `The result of operation ${operation} of service ${service} is larger than ${MAX_RESULT_BYTES} bytes.`;
  throw new AppError('RESULT_TOO_LARGE', message, { details: { service, operation } });
}

/** An error that is not meant for callers is logged, and told without a word of it. */
function failureOf(error: unknown, { requestId, correlationId }: RequestRecord): RequestFailure {
  if (isAppError(error) && isHttpError(error)) {
    const { code, message, details } = error;
    return { code, message, ...(details && { details }) };
  }
  logger.error('A try ended with an unknown error', { requestId, correlationId, reason: messageOf(error) });
  return { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' };
}
