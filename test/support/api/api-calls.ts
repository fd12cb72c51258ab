import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/** A call to an API function. Everything left out is as an honest caller with every scope would send it. */
export interface ApiCall {
  method?: string;
  path: string;
  query?: Record<string, string>;
  /** All values of parameters that are given more than once. */
  repeated?: Record<string, string[]>;
  /** What Lambda has left for the work. */
  remainingMs?: number;
  headers?: Record<string, string>;
  /** Sent as JSON unless it is text already. */
  body?: unknown;
  /** As the gateway passes bodies where it takes binary ones. */
  base64?: boolean;
  /** `null`: no authorizer has spoken. */
  scopes?: string | null;
  keyId?: string;
  /** The gateway's, which the log takes for the command's: two calls for one aggregate must not share it. */
  requestId?: string;
}

interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
  /** The envelope, or whatever JSON it is; `undefined` where it is none. */
  json: {
    id: string;
    status: string;
    data: unknown;
    error: { code: string; message: string; details?: { path: string; message: string }[] };
    metadata: object;
  };
}

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Lambda's quota for a synchronous answer. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

export const REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';

function textOf(body: unknown): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** The proxy event of a REST API, as far as the functions read it. */
function eventOf({
  method = 'GET',
  path,
  query,
  headers,
  scopes = 'read,write',
  keyId = 'key_1',
  ...call
}: ApiCall): APIGatewayProxyEvent {
  const text = textOf(call.body);
  const base64 = call.base64 === true && text !== null;
  const authorizer = scopes === null ? undefined : { keyId, scopes, principalId: keyId };
  return {
    httpMethod: method,
    path,
    headers: { 'Content-Type': 'application/json', ...headers },
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: call.repeated ?? null,
    // What the gateway matched itself; the functions route by the path.
    pathParameters: { proxy: 'of-the-gateway' },
    body: base64 ? Buffer.from(text).toString('base64') : text,
    isBase64Encoded: base64,
    requestContext: { requestId: call.requestId ?? REQUEST_ID, authorizer },
  } as unknown as APIGatewayProxyEvent;
}

function contextOf({ remainingMs }: ApiCall): Context {
  return (remainingMs === undefined ? {} : { getRemainingTimeInMillis: () => remainingMs }) as Context;
}

function jsonOf(bytes: Buffer): ApiAnswer['json'] {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined as never;
  }
}

/** Calls an API function as the gateway does, and reads its answer as a client does. */
export function apiCaller(handler: unknown) {
  return async (call: ApiCall): Promise<ApiAnswer> => {
    const result = await (handler as Handler)(eventOf(call), contextOf(call));
    if (Buffer.byteLength(JSON.stringify(result)) > MAX_ANSWER_BYTES)
      throw new Error('No Lambda may answer that much.');
    const bytes = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
    const headers = (result.headers ?? {}) as Record<string, string>;
    return { status: result.statusCode, headers, bytes, json: jsonOf(bytes) };
  };
}
