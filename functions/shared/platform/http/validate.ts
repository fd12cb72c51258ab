import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { RouteContract } from '../../../contracts/api/route.ts';
import type { Fault } from '../../kernel/errors.ts';
import { AppError, invalid } from '../../kernel/errors.ts';
import type { HttpRequest, RequestContext } from './http-request.ts';
import { callerOf, header } from './http-request.ts';
import { parseJsonBody } from './parse-body.ts';

/** Holds a request against its contract; every fault of every part is named at once. */
export function validated<Contract extends RouteContract>(
  contract: Contract,
  event: APIGatewayProxyEvent,
  context: RequestContext,
): HttpRequest<Contract> {
  const caller = authorized(contract, event);
  const faults: Fault[] = [];
  const check = (schema: z.ZodType | undefined, read: () => unknown): unknown => {
    if (schema === undefined) return undefined;
    const outcome = schema.safeParse(read());
    if (!outcome.success) faults.push(...outcome.error.issues.flatMap(faultsOf));
    return outcome.data;
  };
  const params = check(contract.params, () => pathParameters(contract, event));
  const query = check(contract.query, () => event.queryStringParameters ?? {});
  const body = check(contract.body, () => parseJsonBody(event));
  faults.push(...(contract.query === undefined ? unknownQuery(event) : repeatedQuery(event)));
  if (header(event, 'idempotency-key') !== undefined) {
    // Taking it without keeping its promise would create twice where a caller believes it cannot.
    faults.push({ path: 'idempotency-key', message: 'is not supported yet' });
  }
  if (faults.length > 0) throw invalid(faults);
  return { ...context, params, query, body, caller } as HttpRequest<Contract>;
}

function authorized(contract: RouteContract, event: APIGatewayProxyEvent): ReturnType<typeof callerOf> {
  if (contract.scope === null) return undefined;
  const caller = callerOf(event);
  if (caller === undefined) throw new AppError('UNAUTHORIZED', 'A valid key is required.');
  if (caller.scopes.includes(contract.scope)) return caller;
  throw new AppError('FORBIDDEN', `This call needs a key with the scope "${contract.scope}".`);
}

/** The router names a rest-of-path parameter `proxy`; the contract gives it a name of its own. */
function pathParameters(contract: RouteContract, event: APIGatewayProxyEvent): Record<string, unknown> {
  const rest = /\{(\w+)\+\}$/.exec(contract.path)?.[1];
  const entries = Object.entries(event.pathParameters ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name === 'proxy' && rest !== undefined ? rest : name, decoded(value ?? '')]),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unknownQuery(event: APIGatewayProxyEvent): Fault[] {
  return Object.keys(event.queryStringParameters ?? {}).map((name) => ({ path: name, message: 'is not known here' }));
}

/** API Gateway passes the last value only; the others would be dropped unheard. */
function repeatedQuery(event: APIGatewayProxyEvent): Fault[] {
  return Object.entries(event.multiValueQueryStringParameters ?? {})
    .filter(([, values]) => (values?.length ?? 0) > 1)
    .map(([name]) => ({ path: name, message: 'is given more than once' }));
}

/** A schema reports all unknown fields of an object as one issue; callers get one fault a field. */
function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const at = (...more: PropertyKey[]): string => [...issue.path, ...more].map(String).join('.') || 'body';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: at(key), message: 'is not known here' }));
  return [{ path: at(), message: issue.message }];
}
