import type { APIGatewayProxyEvent } from 'aws-lambda';
import { AppError, invalid, isAppError } from '../../kernel/errors.ts';
import { header } from './http-request.ts';

/** api.md, "Codes": a JSON body over 256 KB is too large. */
const MAX_BODY_BYTES = 256 * 1024;
/** Deep enough for every honest body, shallow enough that no recursive reader runs out of stack. */
const MAX_DEPTH = 32;

/**
 * The body as JSON. Size is checked before the text is read, depth before any schema walks it, and size again as it would be
 * stored: `1e20` is short to send and long to keep.
 */
export function parseJsonBody(event: APIGatewayProxyEvent): unknown {
  const bytes = readBytes(event, MAX_BODY_BYTES);
  if (bytes.byteLength === 0) throw notJson('a JSON object is required');
  if (!isJson(header(event, 'content-type'))) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.');
  }
  const value = parse(bytes);
  assertSize(Buffer.byteLength(JSON.stringify(value)), MAX_BODY_BYTES);
  return value;
}

/** The body as it is, whatever it is called; its size is checked before it is decoded. */
export function readBytes(event: APIGatewayProxyEvent, max: number): Uint8Array {
  const body = event.body ?? '';
  const encoding = event.isBase64Encoded ? 'base64' : 'utf8';
  assertSize(Buffer.byteLength(body, encoding), max);
  return Buffer.from(body, encoding);
}

export function isEmptyBody(event: APIGatewayProxyEvent): boolean {
  return event.body === null || event.body === '';
}

function assertSize(bytes: number, max: number): void {
  if (bytes <= max) return;
  throw new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${max} bytes.`);
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType ?? '');
}

/** JSON is UTF-8 (RFC 8259); other bytes are refused, because decoding them by guess would change the caller's data. */
function parse(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (isTooDeep(text)) throw notJson(`is nested deeper than ${MAX_DEPTH} levels`);
    return JSON.parse(text, refusingProto);
  } catch (error) {
    throw isAppError(error) ? error : notJson('is not valid JSON');
  }
}

/** Schemas drop this one name without a word, and nothing that a caller sends is ignored. */
function refusingProto(name: string, value: unknown): unknown {
  if (name === '__proto__') throw notJson('must not have a field "__proto__"');
  return value;
}

function notJson(message: string): AppError {
  return invalid([{ path: 'body', message }]);
}

/** Counts open brackets outside of strings, in one pass; whether they match is the parser's business. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length && depth <= MAX_DEPTH; at += 1) {
    const char = text[at] as string;
    if (inString && char === '\\') at += 1;
    else if (char === '"') inString = !inString;
    else if (!inString) depth += DEPTH_CHANGE[char] ?? 0;
  }
  return depth > MAX_DEPTH;
}

const DEPTH_CHANGE: Record<string, number> = { '{': 1, '[': 1, '}': -1, ']': -1 };
