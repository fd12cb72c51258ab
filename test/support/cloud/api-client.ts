import { expect } from 'vitest';
import type { ErrorDetails, Fault } from '../../../functions/shared/kernel/errors.ts';
import { cloud } from './cloud.ts';

export const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The API as any client of it has it: plain HTTP, and nothing of our own code in between. */
export class ApiClient {
  readonly #key: string | undefined;

  /** Without a key, nothing is said about authorization. */
  constructor(key?: string) {
    this.#key = key;
  }

  /** Sends a request to a path under `/api/v1`, whatever the answer is. */
  async call(path: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Reply> {
    const authorization = this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
    const response = await fetch(`${cloud.apiUrl}/api/v1${path}`, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /** Posts JSON, whatever the answer is. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const json = { 'content-type': 'application/json', ...headers };
    return this.call(path, { method: 'POST', headers: json, body: JSON.stringify(body) });
  }

  /** Puts JSON, whatever the answer is. */
  put(path: string, body: unknown): Promise<Reply> {
    return this.call(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** The bytes of a 200; anything else is thrown in one line. */
  async bytes(path: string): Promise<Reply> {
    const reply = await this.call(path);
    if (reply.status !== 200) throw new Error(`GET ${path} answered ${saying(reply)}`);
    return reply;
  }

  /** The data of a 200; anything else is thrown in one line. */
  async data<T>(path: string): Promise<T> {
    return dataOf<T>(await this.bytes(path));
  }

  /** Posts JSON and holds the answer to be that something was made, or is on its way; anything else is thrown in one line. */
  async create(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply> {
    const reply = await this.post(path, body, headers);
    if (reply.status !== 201 && reply.status !== 202) throw new Error(`POST ${path} answered ${saying(reply)}`);
    return reply;
  }
}

export function jsonOf(reply: Reply): unknown {
  return JSON.parse(reply.bytes.toString('utf8'));
}

/** What the envelope of a success holds, after holding the envelope against api.md, "Every call". */
export function dataOf<T>(reply: Reply): T {
  const envelope = jsonOf(reply) as { data: T };
  expect(envelope).toStrictEqual({
    id: reply.headers.get('x-request-id'),
    status: 'success',
    data: envelope.data,
    metadata: { responseTime: expect.any(Number), attempt: 1, timestamp: expect.stringMatching(ISO_TIME) },
  });
  return envelope.data;
}

/**
 * Holds a refusal against api.md, "Every call", every field of it.
 *
 * @returns its message
 */
export function expectRefusal(reply: Reply, status: number, code: string, details?: ErrorDetails): string {
  const envelope = jsonOf(reply) as { error: { message: string; responseTime: number } };
  const { message, responseTime } = envelope.error;
  expect({ status: reply.status, envelope }).toStrictEqual({
    status,
    envelope: {
      id: reply.headers.get('x-request-id'),
      status: 'error',
      error: { code, message, attempts: 1, responseTime, ...(details === undefined ? {} : { details }) },
      metadata: { responseTime, attempt: 1, timestamp: expect.stringMatching(ISO_TIME) },
    },
  });
  expect(responseTime).toBeGreaterThanOrEqual(0);
  expect(message).toMatch(/^\S.*\.$/);
  return message;
}

/** Holds a 400 to name just these parts of the request, in any order. */
export function expectFaults(reply: Reply, paths: readonly string[]): void {
  const { error } = jsonOf(reply) as { error: { details?: Fault[] } };
  const details = error.details ?? [];
  expectRefusal(reply, 400, 'VALIDATION_ERROR', details);
  expect(details.map((fault) => fault.path).sort()).toEqual([...paths].sort());
  for (const fault of details) {
    expect(Object.keys(fault).sort()).toEqual(['message', 'path']);
    expect(fault.message).toMatch(/\S/);
  }
}

/** Holds a refusal that the gateway made itself against api.md, which leaves out the times there. */
export function expectGatewayRefusal(reply: Reply, status: number, code: string): void {
  const envelope = jsonOf(reply);
  const id = reply.headers.get('x-request-id');
  expect({ status: reply.status, envelope }).toStrictEqual({
    status,
    envelope: { id, status: 'error', error: { code, message: expect.stringMatching(/^\S.*\.$/) } },
  });
  expect(id).toMatch(/\S/);
}

function saying(reply: Reply): string {
  const { error } = jsonOf(reply) as { error?: { code?: string; message?: string } };
  return `${reply.status} ${error?.code}: ${error?.message}`;
}
