import { hash } from 'node:crypto';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { RouteContract } from '../../../contracts/api/route.ts';
import type { Fault } from '../../kernel/errors.ts';
import { derivedId, newId } from '../ids.ts';
import type { KeptAnswer } from './answer.ts';
import type { Caller, HttpRequest } from './http-request.ts';
import { header } from './http-request.ts';
import type { RequestInput } from './request-input.ts';

/** A call under an `Idempotency-Key`, known by two hashes in hex: what is kept of it gives neither key nor content away. */
export interface KeyedCall {
  /** Of the key, its owner and the route. */
  id: string;
  /** Of what must be the same for the call to be the same: parameters, the headers that the row names, and the body. */
  payloadHash: string;
}

/**
 * Runs a call once in 24 hours. The same call again gets the first one's answer; another payload under its key is refused with
 * `IDEMPOTENCY_MISMATCH`, and any while the first still runs with `CONFLICT`. What is thrown is not kept, and a call that did not live to
 * its end is run anew: so `run` must lead to the same effect each time.
 *
 * @param context the invocation's: the key is held for as long as that can run
 */
export type Idempotency = (call: KeyedCall, context: Context, run: () => Promise<KeptAnswer>) => Promise<KeptAnswer>;

export const IDEMPOTENCY_KEY = 'idempotency-key';

/** Quotes around a key belong to the header (IETF draft "The Idempotency-Key HTTP Header Field"), not to the key. */
const KEY = /^(?:"([!-~]{1,255})"|(?!")([!-~]{1,255}))$/;

/** A row that keeps no keys refuses them: ignored, a key would be a promise broken. */
export function keyFaults(contract: RouteContract, event: APIGatewayProxyEvent): Fault[] {
  const given = header(event, IDEMPOTENCY_KEY);
  if (given === undefined) return [];
  if (contract.idempotent === undefined) return [{ path: IDEMPOTENCY_KEY, message: 'is not taken by this call' }];
  return KEY.test(given) ? [] : [{ path: IDEMPOTENCY_KEY, message: 'must be 1 to 255 visible ASCII characters' }];
}

/** `undefined` for a call without a key, or to a row without a caller. */
export function keyedCall(
  { method, path }: RouteContract,
  event: APIGatewayProxyEvent,
  caller: Caller | undefined,
  input: RequestInput,
): KeyedCall | undefined {
  const [, quoted, plain] = KEY.exec(header(event, IDEMPOTENCY_KEY) ?? '') ?? [];
  const key = quoted ?? plain;
  if (key === undefined || caller === undefined) return undefined;
  return { id: sha256([caller.keyId, method, path, key]), payloadHash: payloadHash(input) };
}

/**
 * The ids that a request leads to. Those of a keyed call follow from its owner, route, key and payload, so that they are the same
 * when it is run again: the log knows its commit by them.
 */
export function identity(
  requestId: string,
  call: KeyedCall | undefined,
): Pick<HttpRequest<RouteContract>, 'commandId' | 'newId'> {
  if (call === undefined) return { commandId: requestId, newId };
  const parts = [call.id, call.payloadHash];
  let made = 0;
  return {
    commandId: derivedId('idem', parts),
    newId: (prefix) => {
      made += 1;
      return derivedId(prefix, [...parts, String(made)]);
    },
  };
}

/** Of the input as it came: defaults may change with a deployment between a call and its repetition. */
function payloadHash({ bytes, ...rest }: RequestInput): string {
  return sha256({ ...rest, ...(bytes && { bytes: hash('sha256', bytes) }) });
}

/** Of the value, however its fields are ordered. */
export function sha256(value: unknown): string {
  return hash('sha256', JSON.stringify(value, inOrder));
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
