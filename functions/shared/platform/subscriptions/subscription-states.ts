import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { update } from '../dynamo-transaction.ts';

export type SubscriptionState = 'active' | 'paused' | 'ended';

/** What came of a message, or of one try to bring it. */
export type Noted = { delivered: true } | { delivered: false; error: string; exhausted: boolean };

/** Subscriptions as those see them who send their messages. */
export interface SubscriptionStates {
  /** Consistent: what is sent after a pause was answered would be one too many. */
  state(subscriptionId: string): Promise<SubscriptionState>;
  /** Counts what its owner is shown. Told after the fact: a death in between loses one count, and never a message. */
  note(subscriptionId: string, noted: Noted): Promise<void>;
}

export interface SubscriptionTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** One partition: there are few, and lists read them all. */
export const subscriptionKey = (subscriptionId: string) => ({ kind: 'subscription', id: subscriptionId });

export function dynamoSubscriptionStates({ client, table }: SubscriptionTable): SubscriptionStates {
  return {
    async state(subscriptionId) {
      const key = subscriptionKey(subscriptionId);
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      if (Item === undefined || Item.isEnding === true) return 'ended';
      return Item.isPaused === true ? 'paused' : 'active';
    },
    async note(subscriptionId, noted) {
      const change = noted.delivered ? DELIVERED : failed(noted);
      const row = { TableName: table, Key: subscriptionKey(subscriptionId) };
      await update(client, { ...row, ConditionExpression: 'attribute_exists(id)', ...change });
    },
  };
}

const DELIVERED = { UpdateExpression: 'ADD successes :one', ExpressionAttributeValues: { ':one': 1 } };

function failed({ error, exhausted }: { error: string; exhausted: boolean }) {
  return {
    UpdateExpression: `SET lastError = :error${exhausted ? ' ADD failures :one' : ''}`,
    ExpressionAttributeValues: { ':error': error, ...(exhausted && { ':one': 1 }) },
  };
}
