import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { deadLetterModel } from '../../contracts/dead-letters.ts';
import { INDEX_SLOTS } from '../../contracts/read-model.ts';
import { batchGet, MAX_BATCH_KEYS } from '../../shared/platform/batch-get.ts';
import { indexKey, partition } from '../../shared/platform/read-models/dynamo-read-model-query.ts';
import type { IndexedState, LetterFilter } from './letter-store.ts';

/** What of an item says where it stands; messages are long, and stay where they are. */
interface IndexItem {
  id: string;
  sort: string;
  index1: string;
  index2: string;
  index3: string;
}

const ATTRIBUTES = ['id', 'sort', 'index1', 'index2', 'index3'];

/** Keys of one page of the index; their items are read side by side. */
const PAGE = 10 * MAX_BATCH_KEYS;

export async function* letterWalk(
  { client, table }: { client: DynamoDBDocumentClient; table: string },
  where: LetterFilter,
  order: 'newest first' | 'oldest first',
): AsyncGenerator<IndexedState[]> {
  const [[field, value] = ['', '']] = Object.entries(where);
  const index = INDEX_SLOTS.find((slot) => deadLetterModel.indexes[slot] === field) ?? '';
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': index },
        ExpressionAttributeValues: { ':key': indexKey(deadLetterModel, field, value) },
        ScanIndexForward: order === 'oldest first',
        Limit: PAGE,
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    yield await statesOf(
      client,
      table,
      Items.map(({ id }) => id as string),
    );
    from = LastEvaluatedKey;
  } while (from !== undefined);
}

/** In the order of their ids here. */
async function statesOf(
  client: DynamoDBDocumentClient,
  table: string,
  ids: readonly string[],
): Promise<IndexedState[]> {
  const batches = Array.from({ length: Math.ceil(ids.length / MAX_BATCH_KEYS) }, (_, at) =>
    ids.slice(at * MAX_BATCH_KEYS, (at + 1) * MAX_BATCH_KEYS),
  );
  const items = await Promise.all(
    batches.map((batch) =>
      batchGet<IndexItem>(client, table, {
        Keys: batch.map((id) => ({ id })),
        ConsistentRead: true,
        ProjectionExpression: ATTRIBUTES.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(ATTRIBUTES.map((name) => [`#${name}`, name])),
      }),
    ),
  );
  const byId = new Map(items.flat().map((item) => [item.id, stateOf(item)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function stateOf({ id, sort, index1, index2, index3 }: IndexItem): IndexedState {
  const valueIn = (key: string, field: string) => key.slice(indexKey(deadLetterModel, field, '').length);
  return {
    deadLetterId: id.slice(`${partition(deadLetterModel)}#`.length),
    queue: valueIn(index1, 'queue'),
    fingerprint: valueIn(index2, 'fingerprint'),
    isOpen: valueIn(index3, 'status') === 'open',
    timestamp: sort.slice(0, sort.indexOf('#')),
  };
}
