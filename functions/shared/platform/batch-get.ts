import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchGetCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';

/** BatchGetItem takes no more keys than this at once. */
export const MAX_BATCH_KEYS = 100;

type Keys = NonNullable<BatchGetCommandInput['RequestItems']>[string];

/** Items by their keys, in no order; those that there are. */
export async function batchGet<Item>(client: DynamoDBDocumentClient, table: string, wanted: Keys): Promise<Item[]> {
  const items: Item[] = [];
  const { Keys = [], ...how } = wanted;
  for (let from = 0; from < Keys.length; from += MAX_BATCH_KEYS) {
    const some = { ...how, Keys: Keys.slice(from, from + MAX_BATCH_KEYS) };
    items.push(...(await getAll<Item>(client, table, some)));
  }
  return items;
}

/** A call that brings nothing fails in the SDK, so this ends. */
async function getAll<Item>(client: DynamoDBDocumentClient, table: string, { Keys, ...how }: Keys): Promise<Item[]> {
  const items: Item[] = [];
  for (let keys = Keys ?? []; keys.length > 0; ) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { ...how, Keys: keys } } }),
    );
    items.push(...((Responses?.[table] ?? []) as Item[]));
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length > 0) await sleep(Math.random() * 100);
  }
  return items;
}
