import type { RegisterServiceBody } from '../../../functions/contracts/api/service.ts';
import type { ServiceStore } from '../../../functions/shared/platform/breaker/service-store.ts';
import type { Endpoint } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { MemoryServiceStore } from '../breaker/memory-service-store.ts';
import type { MemoryServiceRegistry } from './memory-service-registry.ts';
import { memoryServiceRegistry } from './memory-service-registry.ts';

export const SERVICES = '/api/v1/services';
export const ENDPOINT = 'https://service.example/base';

/** The table of services in memory: whoever changes registrations, and whoever calls services, sees the same rows. */
export interface ServiceWorld {
  registry: MemoryServiceRegistry;
  store: ServiceStore;
  /** How breakers stand and have turned, and what the store was asked. */
  breakers: MemoryServiceStore;
  registered(name: string, fields?: Partial<RegisterServiceBody> & { createdAt?: string }): Promise<void>;
}

export function serviceWorld(): ServiceWorld {
  const registry = memoryServiceRegistry();
  const breakers = new MemoryServiceStore();
  return {
    registry,
    breakers,
    store: {
      async find(name) {
        const { breaker } = await breakers.find(name);
        const registration = registry.find(name);
        return { ...(registration && { registration }), breaker };
      },
      change: (...change) => breakers.change(...change),
      count: (...counts) => breakers.count(...counts),
      counted: (name) => breakers.counted(name),
    },
    async registered(name, { createdAt = '2026-08-19T10:00:00.000Z', ...fields } = {}) {
      await registry.register(name, { endpoint: ENDPOINT, healthPath: '/health', ...fields }, createdAt);
    },
  };
}

/** Calls the feature's API with a key that may do everything. */
export function servicesApi(endpoints: readonly Endpoint[]) {
  const api = apiCaller(httpPipeline(endpoints));
  return (method: string, path: string, more: Partial<ApiCall> = {}) =>
    api({ method, path: `${SERVICES}${path}`, scopes: 'read,admin', ...more });
}
