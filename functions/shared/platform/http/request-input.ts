import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { RouteContract } from '../../../contracts/api/route.ts';
import { header } from './http-request.ts';
import { isEmptyBody, parseJsonBody, readBytes } from './parse-body.ts';

/** What a request brings in the parts that its contract names, before any schema has seen it. */
export interface RequestInput {
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  /** By their names in the contract. */
  headers: Record<string, string>;
  /** `undefined` where the contract takes none. */
  body: unknown;
  bytes: Uint8Array | undefined;
}

/** Refuses a body that is too large or no JSON. */
export function requestInput(contract: RouteContract, event: APIGatewayProxyEvent): RequestInput {
  return {
    params: pathParameters(contract, event),
    query: event.queryStringParameters ?? {},
    headers: namedHeaders(contract, event),
    body: contract.body && jsonBody(contract.body, event),
    bytes: contract.bytes && readBytes(event, contract.bytes.max),
  };
}

/** The router names a rest-of-path parameter `proxy`; the contract gives it a name of its own. */
function pathParameters(contract: RouteContract, event: APIGatewayProxyEvent): Record<string, string> {
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

function namedHeaders(contract: RouteContract, event: APIGatewayProxyEvent): Record<string, string> {
  const names = Object.keys(contract.headers?.shape ?? {});
  const given = names.map((name) => [name, header(event, name)] as const);
  return Object.fromEntries(given.filter((one): one is [string, string] => one[1] !== undefined));
}

/** Where every field may be left out, so may the body. */
function jsonBody(schema: NonNullable<RouteContract['body']>, event: APIGatewayProxyEvent): unknown {
  return isEmptyBody(event) && schema.safeParse({}).success ? {} : parseJsonBody(event);
}
