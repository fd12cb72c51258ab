import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { AppError, ErrorDetails, HttpErrorCode } from '../../kernel/errors.ts';
import type { RequestContext } from './http-request.ts';

/** An answer that is not the envelope: a file's bytes, a redirect, the OpenAPI file. */
export interface RawAnswer {
  kind: 'raw';
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

/** Data for the envelope, with the contract's status unless it names another. */
export interface DataAnswer {
  kind: 'data';
  status?: number;
  headers?: Record<string, string>;
  data: unknown;
  as?: Told;
}

/** An error that belongs to what was asked for, not to this call: unlike one that is thrown, it can be kept and told again. */
export interface ErrorAnswer {
  kind: 'error';
  error: CallerError;
  as?: Told;
}

/** Of what an envelope tells, where that is more than this one call: its own id, and the tries that it took. */
interface Told {
  id: string;
  attempt: number;
}

interface CallerError {
  code: HttpErrorCode;
  message: string;
  details?: ErrorDetails | undefined;
}

/** What an `idempotent` row may answer: each can be kept as JSON. */
export type KeptAnswer = DataAnswer | ErrorAnswer;

export type Answer = KeptAnswer | RawAnswer;

/** What a contract means by `{ status: 204 }`. */
export const NO_CONTENT: RawAnswer = { kind: 'raw', status: 204, headers: {}, body: '' };

/** api.md, "Codes". */
export const STATUS: Record<HttpErrorCode, number> = {
  VALIDATION_ERROR: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  SERVICE_NOT_FOUND: 404,
  READ_MODEL_NOT_FOUND: 404,
  LIMIT_EXCEEDED: 409,
  RESUME_REFUSED: 409,
  GONE: 410,
  INTERNAL_ERROR: 500,
  SERVICE_ERROR: 502,
  RESULT_TOO_LARGE: 502,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
};

/** Answers carry a tenant's data and are never a page: not cached and not sniffed. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
};

/** @param status the contract's */
export function answerResult(context: RequestContext, status: number, answer: Answer): APIGatewayProxyResult {
  if (answer.kind === 'raw') return rawResult(context, answer);
  if (answer.kind === 'error') return errorResult(context, answer.error, answer.as);
  return dataResult(context, status, answer);
}

function dataResult(context: RequestContext, status: number, { as, ...answer }: DataAnswer): APIGatewayProxyResult {
  const of = toldOf(context, as);
  const envelope = {
    id: of.requestId,
    status: 'success',
    data: answer.data,
    metadata: metadata(of),
  };
  return json(of, answer.status ?? status, envelope, answer.headers);
}

export function errorResult(context: RequestContext, error: CallerError, as?: Told): APIGatewayProxyResult {
  const of = toldOf(context, as);
  const { responseTime, attempt, timestamp } = metadata(of);
  const envelope = {
    id: of.requestId,
    status: 'error',
    error: {
      code: error.code,
      message: error.message,
      attempts: attempt,
      responseTime,
      ...(error.details === undefined ? {} : { details: error.details }),
    },
    metadata: { responseTime, attempt, timestamp },
  };
  return json(of, STATUS[error.code], envelope);
}

type Of = RequestContext & { attempt: number };

/** `attempt` is 1 where nothing is retried. */
function toldOf(context: RequestContext, as: Told | undefined): Of {
  return { ...context, requestId: as?.id ?? context.requestId, attempt: as?.attempt ?? 1 };
}

/** A Lambda's answer ends at 6 MB, and JSON writes a character as up to six. */
const MAX_TEXT_BYTES = 5.5 * 1024 * 1024;

/** Text goes as text: base64 is decoded by the gateway only for callers that send an Accept header, and many send none. */
export function rawResult(context: RequestContext, answer: RawAnswer): APIGatewayProxyResult {
  if (answer.status === 204) return emptyResult(context, answer);
  const bytes = Buffer.from(answer.body);
  const isText = isUtf8(bytes) && Buffer.byteLength(JSON.stringify(bytes.toString('utf8'))) <= MAX_TEXT_BYTES;
  return {
    statusCode: answer.status,
    headers: { ...commonHeaders(context), ...answer.headers },
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** A 204 has no content (RFC 9110, 15.3.5), so nothing to name a type of either. */
function emptyResult(context: RequestContext, { status, headers }: RawAnswer): APIGatewayProxyResult {
  const entries = Object.entries({ ...commonHeaders(context), ...headers });
  const others = entries.filter(([name]) => name.toLowerCase() !== 'content-type');
  return { statusCode: status, headers: Object.fromEntries(others), body: '' };
}

function json(context: RequestContext, status: number, body: object, headers = {}): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: { ...commonHeaders(context), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function commonHeaders(context: RequestContext): Record<string, string> {
  return { ...SECURITY_HEADERS, 'x-request-id': context.requestId, 'x-correlation-id': context.correlationId };
}

function metadata({ now: began, attempt }: Of): { responseTime: number; attempt: number; timestamp: string } {
  const now = Date.now();
  return { responseTime: now - Date.parse(began), attempt, timestamp: new Date(now).toISOString() };
}

/** Whether an error is meant for callers. */
export function isHttpError(error: AppError): error is AppError<HttpErrorCode> {
  return error.code in STATUS;
}
