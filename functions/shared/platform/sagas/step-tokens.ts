import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

export interface StepKey {
  sagaId: string;
  stepId: string;
  /** Of the saga: each has tokens of its own. */
  run: number;
}

/** The task tokens of steps that run. They open an execution, so they stand in a table of their own and never in the log. */
export interface StepTokens {
  /** Answers whether the step was put off the last time, so that nothing of it has been done since. */
  put(step: StepKey, token: string): Promise<{ deferred: boolean }>;
  /** Notes that the step was put off: the machine comes again with another token. */
  markDeferred(step: StepKey): Promise<void>;
  /** Notes that the step's function has left, and that somebody else will answer. */
  markLater(step: StepKey): Promise<void>;
  get(step: StepKey): Promise<{ token: string; later: boolean } | undefined>;
}

/** A token is dead when its execution is, and none runs longer than a year (Step Functions quotas). */
const KEPT_SECONDS = 366 * 24 * 3600;

export function dynamoStepTokens(client: DynamoDBDocumentClient, table: string): StepTokens {
  const mark = async (step: StepKey, as: 'putOff' | 'later'): Promise<void> => {
    const change = { UpdateExpression: `SET ${as} = :yes`, ExpressionAttributeValues: { ':yes': true } };
    await client.send(new UpdateCommand({ TableName: table, Key: keyOf(step), ...change }));
  };
  return {
    async put(step, token) {
      const expiresAt = Math.floor(Date.now() / 1000) + KEPT_SECONDS;
      const Item = { ...keyOf(step), token, expiresAt };
      const put = new PutCommand({ TableName: table, Item, ReturnValues: 'ALL_OLD' });
      const { Attributes } = await client.send(put);
      return { deferred: Attributes?.putOff === true };
    },
    markDeferred: (step) => mark(step, 'putOff'),
    markLater: (step) => mark(step, 'later'),
    async get(step) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: keyOf(step), ConsistentRead: true }));
      return Item === undefined ? undefined : { token: Item.token as string, later: Item.later === true };
    },
  };
}

function keyOf({ sagaId, stepId, run }: StepKey): { sagaId: string; stepId: string } {
  return { sagaId, stepId: run === 1 ? stepId : `${stepId}#${run}` };
}
