import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import type { DeliveryWrites, Write } from '../../shared/platform/webhooks/delivery-store.ts';
import type { RequestRecord } from '../domain/request.ts';
import { hasEnded } from '../domain/request.ts';
import type { RequestChange } from '../domain/request-changes.ts';
import { callbackOf, callbackStream } from './request-callbacks.ts';
import type { PARTS, RequestTable } from './request-rows.ts';
import { DUE, expiry, itemOf, keyOf, recordOf } from './request-rows.ts';
import type { DueRequests, RequestStore } from './request-store.ts';

/** Requests and their callbacks, which change together: nothing is told that is not so, and nothing is so that is not told. */
export function dynamoRequestStore(at: RequestTable & { deliveries: DeliveryWrites }): RequestStore {
  return {
    create: (request, payload) => create(at, request, payload),
    async find(requestId) {
      const item = await read(at, requestId, 'request');
      return item && recordOf(item);
    },
    async payload(requestId) {
      const item = await read(at, requestId, 'payload');
      return item && { value: JSON.parse(item.json as string) };
    },
    result: (requestId) => result(at, requestId),
    save: (change) => save(at, change),
  };
}

type At = RequestTable & { deliveries: DeliveryWrites };

async function read(
  { client, table }: RequestTable,
  requestId: string,
  part: keyof typeof PARTS,
): Promise<Record<string, unknown> | undefined> {
  const key = keyOf(requestId, part);
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item;
}

/** Payload and result are JSON text: DynamoDB's own types refuse nesting over 32 levels and numbers over 1e125, JSON doesn't. */
function create({ client, table, deliveries }: At, request: RequestRecord, payload: unknown): Promise<boolean> {
  const stream = callbackStream(request);
  const json = { ...keyOf(request.requestId, 'payload'), json: JSON.stringify(payload) };
  return transact(client, [
    {
      Put: { TableName: table, Item: itemOf(request), ConditionExpression: 'attribute_not_exists(requestId)' },
    },
    { Put: { TableName: table, Item: json } },
    ...(stream === undefined ? [] : deliveries.open(stream)),
  ]);
}

/** In ms, between looks for the result of a request that has one. */
const LOOKS = [0, 10, 20, 40, 80, 160, 320];

/** The rows of a transaction come to sight one by one, so this one may lag its request by a moment. */
async function result(at: RequestTable, requestId: string): Promise<unknown> {
  for (const ms of LOOKS) {
    await sleep(ms);
    const item = await read(at, requestId, 'result');
    if (item !== undefined) return JSON.parse(item.json as string);
  }
  throw new Error(`The request ${requestId} has no result.`);
}

function save({ client, table, deliveries }: At, change: RequestChange): Promise<boolean> {
  const callback = callbackOf(change);
  const row = {
    TableName: table,
    Item: itemOf(change.next),
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': change.before.revision },
  };
  return transact(client, [
    { Put: row },
    ...endWrites(table, change),
    ...(callback === undefined ? [] : deliveries.add(callback)),
  ]);
}

/** What was asked is needed no longer; what came of it is kept for as long as its request. */
function endWrites(table: string, { next, result }: RequestChange): Write[] {
  if (!hasEnded(next)) return [];
  const payload = { Delete: { TableName: table, Key: keyOf(next.requestId, 'payload') } };
  if (result === undefined) return [payload];
  const json = { ...keyOf(next.requestId, 'result'), json: JSON.stringify(result.value), ...expiry(next) };
  return [payload, { Put: { TableName: table, Item: json } }];
}

export function dynamoDueRequests({ client, table }: RequestTable): DueRequests {
  return async function* (now) {
    const query = {
      TableName: table,
      IndexName: 'due',
      KeyConditionExpression: '#due = :due AND dueAt <= :now',
      ExpressionAttributeNames: { '#due': 'due' },
      ExpressionAttributeValues: { ':due': DUE, ':now': now },
    };
    const pages = paginateQuery({ client, pageSize: BATCH }, query);
    for await (const { Items = [] } of pages) yield Items.map(({ requestId }) => requestId as string);
  };
}

const BATCH = 50;
