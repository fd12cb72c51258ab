import { describe } from 'vitest';
import { memoryRequestStore } from '../../support/requests/memory-request-store.ts';
import { requestListContract } from '../../support/requests/request-list-contract.ts';
import { requestStoreContract } from '../../support/requests/request-store-contract.ts';
import { memoryDeliveryStore } from '../../support/webhooks/memory-delivery-store.ts';

describe('requests in memory', () => {
  const open = async () => {
    const deliveries = memoryDeliveryStore();
    return { requests: memoryRequestStore(deliveries), deliveries };
  };
  requestStoreContract(open);
  requestListContract(async () => (await open()).requests);
});
