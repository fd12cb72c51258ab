import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { update } from '../dynamo-transaction.ts';
import type { DeliveryTable } from './delivery-rows.ts';
import { DUE, parkedAt, streamKey } from './delivery-rows.ts';

const PAGE = 100;

/** The streams of a paused subscription, page by page, the oldest first. An index gives them, which may lag. */
export async function* parkedStreams(
  { client, table }: DeliveryTable,
  subscriptionId: string,
): AsyncGenerator<string[]> {
  const pages = paginateQuery(
    { client, pageSize: PAGE },
    {
      TableName: table,
      IndexName: 'due',
      KeyConditionExpression: '#due = :parked',
      ExpressionAttributeNames: { '#due': DUE },
      ExpressionAttributeValues: { ':parked': parkedAt(subscriptionId) },
    },
  );
  for await (const { Items = [] } of pages) yield Items.map(({ stream }) => stream as string);
}

/**
 * Has a parked stream looked at again; one that is not parked stays as it is.
 *
 * @param now ISO 8601, UTC
 */
export async function unpark(
  { client, table }: DeliveryTable,
  { stream, subscriptionId }: { stream: string; subscriptionId: string },
  now: string,
): Promise<void> {
  await update(client, {
    TableName: table,
    Key: streamKey(stream),
    UpdateExpression: 'SET #due = :due, dueAt = :now',
    ConditionExpression: '#due = :parked',
    ExpressionAttributeNames: { '#due': DUE },
    ExpressionAttributeValues: { ':due': DUE, ':now': now, ':parked': parkedAt(subscriptionId) },
  });
}
