import type { ServiceRegistry } from '../../../functions/services/adapters/service-registry.ts';
import type { ServiceRegistration } from '../../../functions/shared/platform/breaker/service-store.ts';

/** Registrations and contracts in memory, open to a look from outside. */
export interface MemoryServiceRegistry extends ServiceRegistry {
  find(name: string): ServiceRegistration | undefined;
}

const sortOf = ({ createdAt, name }: ServiceRegistration) => `${createdAt}#${name}`;

export function memoryServiceRegistry(): MemoryServiceRegistry {
  const services = new Map<string, ServiceRegistration>();
  /** As text, as DynamoDB keeps them: what is held against a contract is its text. */
  const contracts = new Map<string, string>();
  return {
    find: (name) => structuredClone(services.get(name)),
    async register(name, { endpoint, healthPath, breaker = {} }, now) {
      const before = services.get(name);
      const createdAt = before?.createdAt ?? now;
      const registration = { name, endpoint, healthPath, breaker, createdAt, updatedAt: now };
      services.set(name, registration);
      return structuredClone({ registration, before });
    },
    async remove(name) {
      contracts.delete(name);
      services.delete(name);
    },
    list: async () =>
      structuredClone([...services.values()].sort((one, other) => (sortOf(one) < sortOf(other) ? 1 : -1))),
    count: async () => services.size,
    async contract(name) {
      const text = contracts.get(name);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async putContract(name, contract, before) {
      if (contracts.get(name) !== (before && JSON.stringify(before))) return false;
      contracts.set(name, JSON.stringify(contract));
      return true;
    },
  };
}
