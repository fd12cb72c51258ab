import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ReadModel } from '../../contracts/read-model.ts';
import { batchWrite } from '../../shared/platform/batch-write.ts';
import { countList, inList, partition, unlisted } from '../../shared/platform/read-models/dynamo-read-model-query.ts';

interface Rows {
  client: DynamoDBDocumentClient;
  table: string;
}

/** That are removed between two looks at the clock. */
const SOME = 500;

/**
 * Removes some of a generation's rows and counts. `false`: there is nothing left of it.
 */
export async function removeSome(rows: Rows, model: Pick<ReadModel<never>, 'name' | 'generation'>): Promise<boolean> {
  for (const list of [partition(model), unlisted(model), countList(model)]) {
    const ids = await idsOf(rows, list);
    const requests = ids.map((id) => ({ DeleteRequest: { Key: { id } } }));
    await batchWrite(rows.client, rows.table, requests);
    if (ids.length > 0) return true;
  }
  return false;
}

async function idsOf({ client, table }: Rows, list: string): Promise<string[]> {
  const { Items = [] } = await client.send(new QueryCommand({ ...inList(table, list), Limit: SOME }));
  return Items.map(({ id }) => id as string);
}
