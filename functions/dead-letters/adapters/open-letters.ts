import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { deadLetterModel, pileOf } from '../../contracts/dead-letters.ts';
import { indexKey } from '../../shared/platform/read-models/dynamo-read-model-query.ts';

/** How many letters of a queue are open; where there are very many, as many as were worth counting. */
export type OpenLetters = (queue: string) => Promise<number>;

/** An alarm that is on does not ring louder. */
const ENOUGH = 1000;

const PILE = 'pile';
const INDEX = 'index4';

export function dynamoOpenLetters(client: DynamoDBDocumentClient, table: string): OpenLetters {
  return async (queue) => {
    const key = indexKey(deadLetterModel, PILE, pileOf({ status: 'open', queue }));
    let count = 0;
    let from: Record<string, unknown> | undefined;
    do {
      const { Count = 0, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: INDEX,
          KeyConditionExpression: '#key = :key',
          ExpressionAttributeNames: { '#key': INDEX },
          ExpressionAttributeValues: { ':key': key },
          Select: 'COUNT',
          Limit: ENOUGH - count,
          ...(from !== undefined && { ExclusiveStartKey: from }),
        }),
      );
      count += Count;
      from = LastEvaluatedKey;
    } while (from !== undefined && count < ENOUGH);
    return count;
  };
}
