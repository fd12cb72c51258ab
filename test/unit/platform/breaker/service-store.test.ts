import { setImmediate as moment } from 'node:timers/promises';
import { describe } from 'vitest';
import { MemoryServiceStore } from '../../../support/breaker/memory-service-store.ts';
import { serviceStoreContract } from '../../../support/breaker/service-store-contract.ts';

async function moments(most: number): Promise<void> {
  for (let left = most * Math.random(); left > 1; left -= 1) await moment();
}

describe('the store of services in memory', () => {
  serviceStoreContract(async () => {
    // Answers overtake each other.
    const store = new MemoryServiceStore(async (_what, serve) => {
      await moments(4);
      const answer = serve();
      await moments(4);
      return answer;
    });
    return {
      store,
      register: async (registration) => store.register(registration),
      history: async (service) => store.history(service),
    };
  });
});
