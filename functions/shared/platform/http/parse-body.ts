import type { APIGatewayProxyEvent } from 'aws-lambda';
import { AppError, invalid } from '../../kernel/errors.ts';
import { header } from './http-request.ts';

/** api.md, "Codes": a JSON body over 256 KB is too large. */
const MAX_BODY_BYTES = 256 * 1024;
/** Deep enough for every honest body, shallow enough that no recursive reader runs out of stack. */
const MAX_DEPTH = 32;

/** The body as JSON. Size is checked before the text is read, and depth before any schema walks it. */
export function parseJsonBody(event: APIGatewayProxyEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength === 0) throw invalid([{ path: 'body', message: 'a JSON object is required' }]);
  if (!isJson(header(event, 'content-type'))) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.');
  }
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  }
  return parse(bytes.toString('utf8'));
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType ?? '');
}

function parse(text: string): unknown {
  if (isTooDeep(text)) throw invalid([{ path: 'body', message: `is nested deeper than ${MAX_DEPTH} levels` }]);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid([{ path: 'body', message: 'is not valid JSON' }]);
  }
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
