import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { CommandReceipts, KnownCommand, Receipt } from './command-receipts.ts';

const KEPT_SECONDS = 24 * 60 * 60;

/** An item of the table of idempotency keys, whose ids begin otherwise. `expiresAt` is its expiry, in Unix seconds. */
type Item = KnownCommand & Receipt;

/** Two conditional puts of the whole item: whatever the table has forgotten, none is left in halves. */
export function dynamoCommandReceipts(client: DynamoDBDocumentClient, table: string): CommandReceipts {
  return {
    async bind(command) {
      const { content, answer } = await putWhere(client, 'attribute_not_exists(id)', { table, item: command });
      return answer === undefined ? { content } : { content, answer };
    },
    async keep(command, answer) {
      const item = { ...command, answer };
      return (await putWhere(client, 'attribute_not_exists(answer)', { table, item })).answer ?? answer;
    },
  };
}

/** Answers the item that stands there then. One that has expired is none: DynamoDB removes it when it likes. */
async function putWhere(
  client: DynamoDBDocumentClient,
  condition: string,
  { table, item }: { table: string; item: Item },
): Promise<Item> {
  const now = Math.floor(Date.now() / 1000);
  const put = new PutCommand({
    TableName: table,
    Item: { ...item, expiresAt: now + KEPT_SECONDS },
    ConditionExpression: `${condition} OR expiresAt <= :now`,
    ExpressionAttributeValues: { ':now': now },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(put);
    return item;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
    return unmarshall(error.Item) as Item;
  }
}
