import type { ContractTestRecord, ContractTests } from '../../../functions/services/adapters/contract-tests.ts';

/** Contract tests in memory, open to a look from outside. None expires. */
export interface MemoryContractTests extends ContractTests {
  all(): ContractTestRecord[];
}

export function memoryContractTests(): MemoryContractTests {
  const tests = new Map<string, ContractTestRecord>();
  const keyOf = (name: string, testId: string) => `${name}/${testId}`;
  return {
    all: () => structuredClone([...tests.values()]),
    async save(test) {
      tests.set(keyOf(test.name, test.testId), structuredClone(test));
    },
    find: async (name, testId) => structuredClone(tests.get(keyOf(name, testId))),
  };
}
