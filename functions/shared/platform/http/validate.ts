import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { RouteContract } from '../../../contracts/api/route.ts';
import type { Fault } from '../../kernel/errors.ts';
import { AppError, invalid } from '../../kernel/errors.ts';
import type { HttpRequest, RequestContext } from './http-request.ts';
import { callerOf } from './http-request.ts';
import type { KeyedCall } from './idempotency.ts';
import { IDEMPOTENCY_KEY, identity, keyedCall, keyFaults } from './idempotency.ts';
import { requestInput } from './request-input.ts';

export interface Validated<Contract extends RouteContract> {
  request: HttpRequest<Contract>;
  /** The call as its `Idempotency-Key` knows it; `undefined` where it has none. */
  call: KeyedCall | undefined;
}

/** Holds a request against its contract; every fault of every part is named at once. */
export function validated<Contract extends RouteContract>(
  contract: Contract,
  event: APIGatewayProxyEvent,
  context: RequestContext,
): Validated<Contract> {
  const caller = authorized(contract, event);
  const input = requestInput(contract, event);
  const faults: Fault[] = [];
  const check = (schema: z.ZodType | undefined, given: unknown): unknown => {
    if (schema === undefined) return undefined;
    const outcome = schema.safeParse(given);
    if (!outcome.success) faults.push(...outcome.error.issues.flatMap(faultsOf));
    return outcome.data;
  };
  const params = check(contract.params, input.params);
  const query = check(contract.query, input.query);
  const headers = check(contract.headers, input.headers);
  const body = check(contract.body, input.body);
  faults.push(...queryFaults(contract, event), ...headerFaults(contract, event));
  if (faults.length > 0) throw invalid(faults);
  const call = keyedCall(contract, event, caller, input);
  const parts = { params, query, headers, body, given: input.body, bytes: input.bytes, caller };
  return { request: { ...context, ...parts, ...identity(context.requestId, call) } as HttpRequest<Contract>, call };
}

function authorized(contract: RouteContract, event: APIGatewayProxyEvent): ReturnType<typeof callerOf> {
  if (contract.scope === null) return undefined;
  const caller = callerOf(event);
  if (caller === undefined) throw new AppError('UNAUTHORIZED', 'A valid key is required.');
  if (caller.scopes.includes(contract.scope)) return caller;
  throw new AppError('FORBIDDEN', `This call needs a key with the scope "${contract.scope}".`);
}

function queryFaults(contract: RouteContract, event: APIGatewayProxyEvent): Fault[] {
  if (contract.query !== undefined) return repeated(event.multiValueQueryStringParameters);
  const names = Object.keys(event.queryStringParameters ?? {});
  return names.map((name) => ({ path: name, message: 'is not known here' }));
}

function headerFaults(contract: RouteContract, event: APIGatewayProxyEvent): Fault[] {
  const named = [...Object.keys(contract.headers?.shape ?? {}), ...(contract.idempotent ? [IDEMPOTENCY_KEY] : [])];
  const entries = Object.entries(event.multiValueHeaders ?? {}).map(
    ([name, all]) => [name.toLowerCase(), all] as const,
  );
  return [
    ...keyFaults(contract, event),
    ...repeated(Object.fromEntries(entries.filter(([name]) => named.includes(name)))),
  ];
}

/** API Gateway passes the last value only; the others would be dropped unheard. */
function repeated(all: APIGatewayProxyEvent['multiValueQueryStringParameters']): Fault[] {
  return Object.entries(all ?? {})
    .filter(([, values]) => (values?.length ?? 0) > 1)
    .map(([name]) => ({ path: name, message: 'is given more than once' }));
}

/** A schema reports all unknown fields of an object as one issue; callers get one fault a field. */
export function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const at = (...more: PropertyKey[]): string => [...issue.path, ...more].map(String).join('.') || 'body';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: at(key), message: 'is not known here' }));
  return [{ path: at(), message: issue.message }];
}
