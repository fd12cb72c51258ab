import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

export interface StepKey {
  sagaId: string;
  stepId: string;
}

/** The task tokens of steps that run. They open an execution, so they stand in a table of their own and never in the log. */
export interface StepTokens {
  put(step: StepKey, token: string): Promise<void>;
  /** Notes that the step's function has left, and that somebody else will answer. */
  markLater(step: StepKey): Promise<void>;
  get(step: StepKey): Promise<{ token: string; later: boolean } | undefined>;
}

/** A token is dead when its execution is, and none runs longer than a year (Step Functions quotas). */
const KEPT_SECONDS = 366 * 24 * 3600;

export function dynamoStepTokens(client: DynamoDBDocumentClient, table: string): StepTokens {
  return {
    async put(step, token) {
      const expiresAt = Math.floor(Date.now() / 1000) + KEPT_SECONDS;
      await client.send(new PutCommand({ TableName: table, Item: { ...keyOf(step), token, expiresAt } }));
    },
    async markLater(step) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(step),
          UpdateExpression: 'SET later = :yes',
          ExpressionAttributeValues: { ':yes': true },
        }),
      );
    },
    async get(step) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: keyOf(step), ConsistentRead: true }));
      return Item === undefined ? undefined : { token: Item.token as string, later: Item.later === true };
    },
  };
}

function keyOf({ sagaId, stepId }: StepKey): StepKey {
  return { sagaId, stepId };
}
