import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchWriteCommandInput, BatchWriteCommandOutput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';

/** BatchWriteItem takes no more at once. */
export const MAX_BATCH_WRITES = 25;

type Requests = NonNullable<BatchWriteCommandInput['RequestItems']>[string];

/** Puts and deletes items of one table, each by itself: an error leaves some of them done. */
export async function batchWrite(client: DynamoDBDocumentClient, table: string, requests: Requests): Promise<void> {
  for (let from = 0; from < requests.length; from += MAX_BATCH_WRITES)
    await writeAll(client, table, requests.slice(from, from + MAX_BATCH_WRITES));
}

/** A call that takes nothing fails in the SDK, so this ends. */
async function writeAll(client: DynamoDBDocumentClient, table: string, requests: Requests): Promise<void> {
  for (let left = requests; left.length > 0; ) {
    const answer: BatchWriteCommandOutput = await client.send(
      new BatchWriteCommand({ RequestItems: { [table]: left } }),
    );
    left = answer.UnprocessedItems?.[table] ?? [];
    if (left.length > 0) await sleep(Math.random() * 100);
  }
}
