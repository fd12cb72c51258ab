import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchGetCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';

type Item = Record<string, unknown>;
type Read = Omit<NonNullable<BatchGetCommandInput['RequestItems']>[string], 'Keys'>;

/** BatchGetItem takes no more keys than this at once. */
const MAX_KEYS = 100;

/**
 * The rows of some different keys, in any order; those that are not there are left out.
 *
 * @param read how: consistently, or only some attributes
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  { table, keys, ...read }: Read & { table: string; keys: readonly Item[] },
): Promise<Item[]> {
  const found: Item[] = [];
  for (let from = 0; from < keys.length; from += MAX_KEYS) {
    // A call that brings nothing fails in the SDK, so this ends.
    for (let left: Item[] = keys.slice(from, from + MAX_KEYS); left.length > 0; ) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { ...read, Keys: left } } }),
      );
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length > 0) await sleep(Math.random() * 100);
    }
  }
  return found;
}
