import { describe } from 'vitest';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { transact } from '../../functions/shared/platform/dynamo-transaction.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { dynamoDeliveryStore } from '../../functions/shared/platform/webhooks/dynamo-delivery-store.ts';
import { parkedStreams } from '../../functions/shared/platform/webhooks/parked-streams.ts';
import { dueStreams } from '../../functions/webhooks/adapters/due-streams.ts';
import { dynamoDeliveryQueue } from '../../functions/webhooks/adapters/dynamo-delivery-queue.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';
import { deliveryQueueContract } from '../support/webhooks/delivery-queue-contract.ts';
import type { OpenedDeliveries } from '../support/webhooks/delivery-samples.ts';
import { deliveryStoreContract } from '../support/webhooks/delivery-store-contract.ts';
import { parkedStreamsContract } from '../support/webhooks/parked-streams-contract.ts';

/** In tables of their own: the deployed ones are swept and published, and nobody listens at these addresses. */
describe('messages in DynamoDB', () => {
  const webhooks = tableLike(output('WebhooksTable'));
  const events = tableLike(output('EventLogTable'));
  const client = dynamoClient();
  const open = async (): Promise<OpenedDeliveries> => {
    const at = { client, table: await webhooks, eventLog: await events };
    const log = dynamoEventLog(client, at.eventLog);
    return {
      store: dynamoDeliveryStore(at),
      queue: dynamoDeliveryQueue(at),
      due: (now) => dueStreams(at, now),
      parked: (subscriptionId) => parkedStreams(at, subscriptionId),
      commit: (writes) => transact(client, writes),
      history: async (id) => (await log.load(id)).commits,
    };
  };
  deliveryStoreContract(open);
  deliveryQueueContract(open);
  parkedStreamsContract(open);
});
