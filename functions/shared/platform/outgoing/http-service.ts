import { SERVICE_NAME } from '../../../contracts/services.ts';
import { AppError, invalid } from '../../kernel/errors.ts';
import type { GuardedRequest, OutgoingAnswer, OutgoingRequest } from './guarded-request.ts';
import { RequestFailed } from './guarded-request.ts';
import { traceparent } from './traceparent.ts';

/** One try of an operation of an HTTP service. */
export interface ServiceRequest {
  /** May have a path, with or without a slash at its end. */
  endpoint: string;
  service: string;
  operation: string;
  /** Anything that JSON can say. */
  payload: unknown;
  correlationId: string;
  /** The same for every try of one call. */
  idempotencyKey: string;
  timeoutMs: number;
  /** Where the service may bring its result later; without it, it has to answer at once. */
  completeUrl?: string;
  /** What this call says besides, such as `x-maos-contract-test`. */
  headers?: Readonly<Record<string, string>>;
}

/** What a call comes to whose service will bring its result to the call's `completeUrl`. */
export const ACCEPTED = Symbol('accepted');

/** What an answer said. */
type Answered = { httpStatus?: number; code?: string; message?: string };

/** The 4xx that say nothing against the caller (api.md). */
const RETRYABLE_4XX = [408, 425, 429];

/** As deep as a request's body may be, so that whoever walks or stores a result comes to its end. */
const MAX_DEPTH = 32;

const MAX_CODE = 128;
const MAX_MESSAGE = 1000;

const REASONS = {
  address: 'its address may not be called',
  connection: 'it could not be reached',
  'too-large': 'its answer is larger than 1 MB',
  'cut-off': 'its answer broke off',
};

/**
 * Calls an operation once (api.md, "Calling an HTTP service"). Retryable errors are the service's failures, for a breaker to count: it was
 * not to be had, or not where it was said to be, as with a redirect and an address that may not be called. The others are the caller's.
 *
 * @returns what the service answered with 2xx, null for 204; {@link ACCEPTED} for 202 where it may answer later
 * @throws AppError `SERVICE_ERROR` or `TIMEOUT`, with `{ service, operation, httpStatus?, code?, message? }`; code and message are the
 *   service's own words, cut to length
 */
export async function callHttpService({
  request,
  ...call
}: ServiceRequest & { request: GuardedRequest }): Promise<unknown> {
  const answer = await request(requestOf(call)).catch((error: unknown) => {
    throw error instanceof RequestFailed ? unanswered(call, error) : error;
  });
  if (!isSuccess(answer)) {
    const why = `it answered with status ${answer.status}`;
    throw failure(call, why, { httpStatus: answer.status, ...saidBy(answer) });
  }
  if (answer.status === 202 && call.completeUrl !== undefined) return ACCEPTED;
  return answer.status === 204 ? null : resultOf(call, answer);
}

function requestOf(call: ServiceRequest): OutgoingRequest {
  const { endpoint, operation, payload, correlationId, idempotencyKey, completeUrl, timeoutMs, headers } = call;
  // Whatever else it held could lead to another place of the service.
  if (!SERVICE_NAME.test(operation))
    throw invalid([{ path: 'operation', message: 'must be the name of an operation' }]);
  return {
    method: 'POST',
    url: `${endpoint.replace(/\/$/, '')}/${operation}`,
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json',
      'x-correlation-id': correlationId,
      traceparent: traceparent(),
      'idempotency-key': idempotencyKey,
      ...(completeUrl !== undefined && { 'x-maos-complete-url': completeUrl }),
    },
    body: JSON.stringify(payload),
    timeoutMs,
  };
}

function isSuccess({ status }: OutgoingAnswer): boolean {
  return status >= 200 && status < 300;
}

function unanswered(call: ServiceRequest, { reason }: RequestFailed): AppError {
  if (reason !== 'timeout') return failure(call, REASONS[reason]);
  const { service, operation, timeoutMs } = call;
  const message = `Operation ${operation} of service ${service} did not end within ${timeoutMs} ms.`;
  return new AppError('TIMEOUT', message, { retryable: true, details: { service, operation } });
}

function failure({ service, operation }: ServiceRequest, why: string, answered: Answered = {}): AppError {
  const message = `Operation ${operation} of service ${service} failed: ${why}.`;
  const details = { service, operation, ...answered };
  return new AppError('SERVICE_ERROR', message, { retryable: !isCallersFault(answered), details });
}

function isCallersFault({ httpStatus: status = 0 }: Answered): boolean {
  return status >= 400 && status < 500 && !RETRYABLE_4XX.includes(status);
}

function saidBy({ body }: OutgoingAnswer): Pick<Answered, 'code' | 'message'> {
  const said = parsed(body);
  if (typeof said !== 'object' || said === null) return {};
  const { code, message } = said as Record<string, unknown>;
  return {
    ...(typeof code === 'string' && { code: cut(code, MAX_CODE) }),
    ...(typeof message === 'string' && { message: cut(message, MAX_MESSAGE) }),
  };
}

/** A character that the cut went through goes with it: half of one is no text. */
function cut(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed();
}

function resultOf(call: ServiceRequest, { status, body }: OutgoingAnswer): unknown {
  const result = parsed(body);
  if (result === undefined) throw failure(call, 'its answer is not JSON', { httpStatus: status });
  if (!isTooDeep(result)) return result;
  throw failure(call, `its answer is nested deeper than ${MAX_DEPTH} levels`, { httpStatus: status });
}

/** `undefined` for what is not JSON in UTF-8. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Level by level, because a recursion would end with the stack. */
function isTooDeep(value: unknown): boolean {
  const holds = (one: unknown) => typeof one === 'object' && one !== null;
  let level = [value].filter(holds);
  for (let depth = 1; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((one) => Object.values(one as object)).filter(holds);
  }
  return level.length > 0;
}

/**
 * Asks a service how it is. Resolves where it answers with 2xx, whatever the answer holds.
 *
 * @param healthPath below the endpoint, such as `/health`
 * @throws RequestFailed, or AppError `SERVICE_ERROR` for any other status
 */
export async function pingHttpService({
  request,
  endpoint,
  healthPath,
  timeoutMs,
}: {
  request: GuardedRequest;
  endpoint: string;
  healthPath: string;
  timeoutMs: number;
}): Promise<void> {
  const url = `${endpoint.replace(/\/$/, '')}${healthPath}`;
  const answer = await request({ method: 'GET', url, headers: {}, timeoutMs });
  if (isSuccess(answer)) return;
  throw new AppError('SERVICE_ERROR', `The health check was answered with status ${answer.status}.`, {
    retryable: true,
  });
}
