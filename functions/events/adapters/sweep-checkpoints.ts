import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';

/** How far each shard of the commit order is settled: every commit up to there was published or given up, and is marked. */
export interface SweepCheckpoints {
  /** `undefined`: the shard was never swept. */
  find(shard: string): Promise<string | undefined>;
  /** Moves on, and never back: of two sweeps beside each other, the slower one changes nothing. */
  advance(shard: string, position: string): Promise<void>;
}

/** Beside the marks, under a key that no commit can have: versions begin at 1. */
export function dynamoSweepCheckpoints(client: DynamoDBDocumentClient, marksTable: string): SweepCheckpoints {
  const keyOf = (shard: string) => ({ aggregateId: `sweep#${shard}`, version: 0 });
  return {
    async find(shard) {
      const get = new GetCommand({ TableName: marksTable, Key: keyOf(shard), ConsistentRead: true });
      return (await client.send(get)).Item?.position as string | undefined;
    },
    async advance(shard, position) {
      const put = new PutCommand({
        TableName: marksTable,
        Item: { ...keyOf(shard), position },
        ConditionExpression: 'attribute_not_exists(#position) OR #position < :position',
        ExpressionAttributeNames: { '#position': 'position' },
        ExpressionAttributeValues: { ':position': position },
      });
      await client.send(put).catch(unlessFurther);
    },
  };
}

function unlessFurther(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
