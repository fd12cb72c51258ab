import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { DeliveryTable } from '../../shared/platform/webhooks/delivery-rows.ts';
import { DUE } from '../../shared/platform/webhooks/delivery-rows.ts';

const PAGE = 100;

/** The streams to be looked at, page by page. */
export async function* dueStreams({ client, table }: DeliveryTable, now: string): AsyncGenerator<string[]> {
  const pages = paginateQuery(
    { client, pageSize: PAGE },
    {
      TableName: table,
      IndexName: 'due',
      KeyConditionExpression: '#due = :due AND dueAt <= :now',
      ExpressionAttributeNames: { '#due': DUE },
      ExpressionAttributeValues: { ':due': DUE, ':now': now },
    },
  );
  for await (const { Items = [] } of pages) yield Items.map(({ stream }) => stream as string);
}
