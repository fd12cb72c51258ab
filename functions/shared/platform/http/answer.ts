import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { AppError, HttpErrorCode } from '../../kernel/errors.ts';
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
}

export type Answer = DataAnswer | RawAnswer;

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
  LIMIT_EXCEEDED: 409,
  INTERNAL_ERROR: 500,
  SERVICE_ERROR: 502,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
};

/** Answers carry a tenant's data and are never a page: not cached and not sniffed. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
};

export function dataResult(context: RequestContext, status: number, answer: DataAnswer): APIGatewayProxyResult {
  const envelope = {
    id: context.requestId,
    status: 'success',
    data: answer.data,
    metadata: metadata(context),
  };
  return json(context, answer.status ?? status, envelope, answer.headers);
}

export function errorResult(context: RequestContext, error: AppError<HttpErrorCode>): APIGatewayProxyResult {
  const { responseTime, ...rest } = metadata(context);
  const envelope = {
    id: context.requestId,
    status: 'error',
    error: {
      code: error.code,
      message: error.message,
      attempts: 1,
      responseTime,
      ...(error.details === undefined ? {} : { details: error.details }),
    },
    metadata: { responseTime, ...rest },
  };
  return json(context, STATUS[error.code], envelope);
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

/** `attempt` is 1 where nothing is retried. */
function metadata(context: RequestContext): { responseTime: number; attempt: number; timestamp: string } {
  const now = Date.now();
  return { responseTime: now - Date.parse(context.now), attempt: 1, timestamp: new Date(now).toISOString() };
}

/** Whether an error is meant for callers. */
export function isHttpError(error: AppError): error is AppError<HttpErrorCode> {
  return error.code in STATUS;
}
