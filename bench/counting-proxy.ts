import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readUnits } from './read-units.ts';

/** What a function asked of AWS. */
export interface CountedRequest {
  /** `dynamodb`, `sqs`, `s3`, … */
  service: string;
  /** `PutItem`; for S3 the method, and `LIST`, which is billed like a `PUT`. */
  operation: string;
  /** By DynamoDB's own account, indexes and transactions included. */
  writeUnits: number;
  /** By the bytes of DynamoDB's answer. */
  readUnits: number;
  /** Events that the bus bills: one for each 64 KB of each entry. */
  events: number;
}

export interface CountingProxy extends AsyncDisposable {
  endpoint: string;
  /** Everything since the last call of it. */
  take(): CountedRequest[];
}

interface Capacity {
  CapacityUnits?: number;
}

const ADMINISTRATOR = 'test';

/** Write operations, whose consumed capacity is write units. */
const WRITES = /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;

/**
 * Stands between the functions and the local cloud, passes everything on, and counts it. DynamoDB is asked for the capacity that each
 * call consumed.
 */
export async function countingProxy(target: string): Promise<CountingProxy> {
  let counted: CountedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    relay(target, incoming, outgoing)
      .then((one) => counted.push(one))
      .catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = counted;
      counted = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function relay(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<CountedRequest> {
  const given = Buffer.concat(await incoming.toArray());
  const { service, operation } = named(incoming);
  const body = service === 'dynamodb' ? askingForCapacity(given) : given;
  const { port } = new URL(target);
  const headers = { ...asAdministrator(incoming.headers), 'content-length': String(body.byteLength) };
  const upstream = send({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers });
  upstream.end(body);
  const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
  const bytes = Buffer.concat(await answer.toArray());
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes);
  return { service, operation, ...amounts(service, operation, given, bytes) };
}

/** Also by what was asked: the answers of a table, the entries for a bus. */
function amounts(service: string, operation: string, asked: Buffer, answered: Buffer) {
  const none = { writeUnits: 0, readUnits: 0, events: 0 };
  if (service === 'events' && operation === 'PutEvents') return { ...none, events: billedEvents(json(asked)) };
  if (service !== 'dynamodb') return none;
  const writeUnits = WRITES.test(operation) ? unitsOf(json(answered)) : 0;
  return { ...none, writeUnits, readUnits: readUnits(operation, json(asked), json(answered)) };
}

/** Another body needs another signature. The emulator takes its own administrator without one; grants are not what is measured. */
function asAdministrator({ 'x-amz-security-token': _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${ADMINISTRATOR}`);
  return { ...headers, ...(authorization === undefined ? {} : { authorization }) };
}

function named({ headers, method = '', url = '' }: IncomingMessage): { service: string; operation: string } {
  const [, service = 'unknown'] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '');
  return { service, operation: target === '' ? fileOperation(method, url) : (target.split('.').at(-1) ?? '') };
}

/** S3 bills lists like writes, and removals, many in one POST too, not at all. */
function fileOperation(method: string, url: string): string {
  const { searchParams } = new URL(url, 'http://127.0.0.1');
  if (method === 'GET' && searchParams.has('list-type')) return 'LIST';
  return method === 'POST' && searchParams.has('delete') ? 'DELETE' : method;
}

function askingForCapacity(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...json(body), ReturnConsumedCapacity: 'TOTAL' }));
}

/** An empty answer is an answer too. */
function json(bytes: Buffer): Record<string, unknown> {
  return JSON.parse(bytes.toString('utf8') || '{}') as Record<string, unknown>;
}

function unitsOf({ ConsumedCapacity: consumed = [] }: { ConsumedCapacity?: Capacity | Capacity[] }): number {
  return [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

const BYTES_AN_EVENT = 64 * 1024;

function billedEvents({ Entries = [] }: { Entries?: { Detail?: string }[] }): number {
  const sizes = Entries.map(({ Detail = '' }) => Buffer.byteLength(Detail));
  return sizes.reduce((sum, size) => sum + Math.max(Math.ceil(size / BYTES_AN_EVENT), 1), 0);
}
