import { describe } from 'vitest';
import { deliveryQueueContract } from '../../support/webhooks/delivery-queue-contract.ts';
import type { OpenedDeliveries } from '../../support/webhooks/delivery-samples.ts';
import { deliveryStoreContract } from '../../support/webhooks/delivery-store-contract.ts';
import { memoryDeliveryQueue } from '../../support/webhooks/memory-delivery-queue.ts';
import { memoryDeliveryStore } from '../../support/webhooks/memory-delivery-store.ts';
import { parkedStreamsContract } from '../../support/webhooks/parked-streams-contract.ts';

describe('messages in memory', () => {
  const open = async (): Promise<OpenedDeliveries> => {
    const store = memoryDeliveryStore();
    const queue = memoryDeliveryQueue(store);
    return {
      store,
      queue,
      due: queue.due,
      parked: queue.parked,
      commit: async (writes) => store.commit(writes),
      history: async (id) => queue.history.filter(({ aggregateId }) => aggregateId === id),
    };
  };
  deliveryStoreContract(open);
  deliveryQueueContract(open);
  parkedStreamsContract(open);
});
