import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a function asked of AWS. */
export interface CountedRequest {
  /** `dynamodb`, `sqs`, `s3`, … */
  service: string;
  /** `PutItem`; for S3 the method. */
  operation: string;
  /** By DynamoDB's own account, indexes and transactions included. */
  writeUnits: number;
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
  const writeUnits = service === 'dynamodb' && WRITES.test(operation) ? unitsOf(bytes) : 0;
  return { service, operation, writeUnits };
}

/** Another body needs another signature. The emulator takes its own administrator without one; grants are not what is measured. */
function asAdministrator({ 'x-amz-security-token': _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${ADMINISTRATOR}`);
  return { ...headers, ...(authorization === undefined ? {} : { authorization }) };
}

function named({ headers, method = '' }: IncomingMessage): { service: string; operation: string } {
  const [, service = 'unknown'] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '');
  return { service, operation: target === '' ? method : (target.split('.').at(-1) ?? '') };
}

function askingForCapacity(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString('utf8')), ReturnConsumedCapacity: 'TOTAL' }));
}

function unitsOf(answer: Buffer): number {
  const { ConsumedCapacity: consumed = [] } = JSON.parse(answer.toString('utf8') || '{}') as {
    ConsumedCapacity?: Capacity | Capacity[];
  };
  return [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
