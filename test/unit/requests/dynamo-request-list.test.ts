import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { dynamoRequestLists } from '../../../functions/requests/adapters/dynamo-request-list.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => dynamo.reset());

const NOW = Date.parse('2026-08-19T10:00:00.000Z');

it('after a burst of requests that are gone, gives a short page with a way on instead of reading them all', async () => {
  const behind = { requestId: 'req_1', part: 'request', list: 'requests', sort: '2026-08-19T09:00:00.000Z#req_1' };
  dynamo.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: behind });
  const lists = dynamoRequestLists({ client: dynamoClient(), table: 'Requests' });
  const { items, nextCursor } = await lists.list({ limit: 25, now: NOW });
  expect([items, dynamo.commandCalls(QueryCommand).length]).toEqual([[], 10]);
  dynamo.on(QueryCommand).resolves({ Items: [] });
  expect(await lists.list({ limit: 25, now: NOW, cursor: nextCursor ?? '' })).toEqual({ items: [], nextCursor: null });
  const [last] = dynamo.commandCalls(QueryCommand).slice(-1);
  expect(last?.args[0].input.ExpressionAttributeValues).toMatchObject({ ':to': behind.sort });
});
