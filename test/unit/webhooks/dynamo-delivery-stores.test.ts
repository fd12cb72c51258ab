import { describe } from 'vitest';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { transact } from '../../../functions/shared/platform/dynamo-transaction.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import { dynamoDeliveryStore } from '../../../functions/shared/platform/webhooks/dynamo-delivery-store.ts';
import { parkedStreams } from '../../../functions/shared/platform/webhooks/parked-streams.ts';
import { dueStreams } from '../../../functions/webhooks/adapters/due-streams.ts';
import { dynamoDeliveryQueue } from '../../../functions/webhooks/adapters/dynamo-delivery-queue.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { deliveryQueueContract } from '../../support/webhooks/delivery-queue-contract.ts';
import type { OpenedDeliveries } from '../../support/webhooks/delivery-samples.ts';
import { deliveryStoreContract } from '../../support/webhooks/delivery-store-contract.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';
import { parkedStreamsContract } from '../../support/webhooks/parked-streams-contract.ts';

captureLogLines();

/** What the real tables are asked, as far as a small copy of DynamoDB understands it; the deployed ones have the last word. */
describe('messages in tables', () => {
  memoryDocuments({ webhooks: ['stream', 'part'], events: ['aggregateId', 'version'] });
  const client = dynamoClient();
  const at = { client, table: 'webhooks', eventLog: 'events' };
  const log = dynamoEventLog(client, 'events');
  const open = async (): Promise<OpenedDeliveries> => ({
    store: dynamoDeliveryStore(at),
    queue: dynamoDeliveryQueue(at),
    due: (now) => dueStreams(at, now),
    parked: (subscriptionId) => parkedStreams(at, subscriptionId),
    commit: (writes) => transact(client, writes),
    history: async (id) => (await log.load(id)).commits,
  });
  deliveryStoreContract(open);
  deliveryQueueContract(open);
  parkedStreamsContract(open);
});
