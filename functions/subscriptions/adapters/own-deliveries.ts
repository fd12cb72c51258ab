import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../contracts/env.ts';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import type { GiveEvent } from './event-deliveries.ts';
import { eventDeliveries } from './event-deliveries.ts';

/** Gives events by this function's own tables and queue. */
export function ownDeliveries(client: DynamoDBDocumentClient): GiveEvent {
  return eventDeliveries({
    deliveries: dynamoDeliveryStore({ client, table: requireEnv(ENV.webhooksTable) }),
    commit: (writes) => transact(client, writes),
    kick: webhookKicks(requireEnv(ENV.webhooksQueue)),
    now: () => new Date().toISOString(),
  });
}
