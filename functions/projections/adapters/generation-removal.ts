import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ReadModel } from '../../contracts/read-model.ts';
import { countList, partition, unlisted } from '../../shared/platform/read-models/dynamo-read-model-query.ts';

interface Rows {
  client: DynamoDBDocumentClient;
  table: string;
}

/** BatchWriteItem takes no more at once. */
const BATCH = 25;

/**
 * Removes some of a generation's rows and counts. `false`: there is nothing left of it.
 */
export async function removeSome(rows: Rows, model: Pick<ReadModel<never>, 'name' | 'generation'>): Promise<boolean> {
  for (const list of [partition(model), unlisted(model), countList(model)]) {
    const ids = await idsOf(rows, list);
    await remove(rows, ids);
    if (ids.length > 0) return true;
  }
  return false;
}

async function idsOf({ client, table }: Rows, list: string): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'list',
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':list': list },
      Limit: 20 * BATCH,
    }),
  );
  return Items.map(({ id }) => id as string);
}

/** What a batch leaves over is found by the next look. */
async function remove({ client, table }: Rows, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const requests = ids.slice(from, from + BATCH).map((id) => ({ DeleteRequest: { Key: { id } } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
}
