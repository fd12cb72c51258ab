import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountingProxy } from '../../../bench/counting-proxy.ts';
import { countingProxy } from '../../../bench/counting-proxy.ts';

/** Answers everything with what DynamoDB says of an item, and tells the last body it got. */
let asked = '';
const cloud = createServer(async (request, response) => {
  asked = Buffer.concat(await request.toArray()).toString('utf8');
  response.end(JSON.stringify({ Item: { id: { S: 'x' } }, ConsumedCapacity: { CapacityUnits: 3 } }));
});
let proxy: CountingProxy;

beforeAll(async () => {
  cloud.listen(0, '127.0.0.1');
  await once(cloud, 'listening');
  proxy = await countingProxy(`http://127.0.0.1:${(cloud.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  cloud.close();
});

async function ask(service: string, target: string, body: object): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=someone/20260101/us-east-1/${service}/aws4_request`;
  const headers = { authorization, 'x-amz-target': target };
  await (await fetch(proxy.endpoint, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}

async function file(method: string, path: string): Promise<void> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=someone/20260101/us-east-1/s3/aws4_request';
  await (await fetch(`${proxy.endpoint}${path}`, { method, headers: { authorization } })).text();
}

const NOTHING = { writeUnits: 0, readUnits: 0, events: 0 };

describe('the counting proxy', () => {
  it('counts write units by the account of the table that it asks for them', async () => {
    await ask('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: 't' });
    expect(JSON.parse(asked)).toEqual({ TableName: 't', ReturnConsumedCapacity: 'TOTAL' });
    expect(proxy.take()).toEqual([{ ...NOTHING, service: 'dynamodb', operation: 'PutItem', writeUnits: 3 }]);
  });

  it('counts read units by the answer', async () => {
    await ask('dynamodb', 'DynamoDB_20120810.GetItem', { ConsistentRead: true });
    expect(proxy.take()).toEqual([{ ...NOTHING, service: 'dynamodb', operation: 'GetItem', readUnits: 1 }]);
  });

  it('counts an event for each 64 KB of each entry', async () => {
    const Entries = [{ Detail: 'x' }, { Detail: 'x'.repeat(64 * 1024 + 1) }];
    await ask('events', 'AWSEvents.PutEvents', { Entries });
    expect(proxy.take()).toEqual([{ ...NOTHING, service: 'events', operation: 'PutEvents', events: 3 }]);
  });

  it('tells lists and removals of files, which are billed otherwise, from reads and writes', async () => {
    await file('GET', '/bucket/key');
    await file('GET', '/bucket?list-type=2&prefix=a');
    await file('POST', '/bucket?delete');
    await file('PUT', '/bucket/key');
    expect(proxy.take().map(({ operation }) => operation)).toEqual(['GET', 'LIST', 'DELETE', 'PUT']);
  });
});
