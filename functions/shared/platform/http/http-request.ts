import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { RouteContract } from '../../../contracts/api/route.ts';
import type { Scope } from '../../../contracts/api-key.ts';
import { SCOPES } from '../../../contracts/api-key.ts';
import { CORRELATION_ID } from '../../../contracts/correlation-id.ts';
import type { IdPrefix } from '../ids.ts';
import { newId } from '../ids.ts';

/** Who calls, as the authorizer found it. */
export interface Caller {
  keyId: string;
  scopes: readonly Scope[];
}

/** What every request brings, before its route is known. */
export interface RequestContext {
  /** Of this very call; a repeated call has another one. */
  requestId: string;
  correlationId: string;
  /** ISO 8601, UTC. */
  now: string;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** A request whose every part has passed its contract. */
export interface HttpRequest<Contract extends RouteContract> extends RequestContext {
  params: Parsed<Contract['params']>;
  query: Parsed<Contract['query']>;
  headers: Parsed<Contract['headers']>;
  body: Parsed<Contract['body']>;
  /** The body before its defaults, which may change with a deployment between a call and its repetition. */
  given: unknown;
  /** The body as it came, empty where none did. */
  bytes: Contract['bytes'] extends object ? Uint8Array : undefined;
  /** `undefined` on open rows. */
  caller: Contract['scope'] extends null ? undefined : Caller;
  /**
   * The id of the command that the request leads to. Under an `Idempotency-Key` it is the same each time, as are the ids that
   * `newId` gives, call by call: so a repetition after a crash meets the first one's commit instead of making a second.
   */
  commandId: string;
  newId: (prefix: IdPrefix) => string;
}

const contexts = new WeakMap<APIGatewayProxyEvent, RequestContext>();

/** The same context for every reader of one event, so that an answer carries the id and the start that its work had. */
export function requestContext(event: APIGatewayProxyEvent): RequestContext {
  const context = contexts.get(event) ?? newContext(event);
  contexts.set(event, context);
  return context;
}

function newContext(event: APIGatewayProxyEvent): RequestContext {
  const given = header(event, 'x-correlation-id');
  return {
    requestId: event.requestContext.requestId,
    correlationId: given !== undefined && CORRELATION_ID.test(given) ? given : newId('corr'),
    now: new Date().toISOString(),
  };
}

/** REST APIs pass header names in the caller's spelling. */
export function header(event: APIGatewayProxyEvent, name: string): string | undefined {
  const entry = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return entry?.[1];
}

/** Reads the authorizer's context, whose values are always texts. */
export function callerOf(event: APIGatewayProxyEvent): Caller | undefined {
  const authorizer = event.requestContext.authorizer;
  const keyId: unknown = authorizer?.keyId;
  if (typeof keyId !== 'string') return undefined;
  const scopes = String(authorizer?.scopes ?? '').split(',');
  return { keyId, scopes: SCOPES.filter((scope) => scopes.includes(scope)) };
}
