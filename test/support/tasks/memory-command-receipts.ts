import type { CommandReceipts, Receipt } from '../../../functions/tasks/adapters/command-receipts.ts';

/** Receipts in memory, for tests. Nothing expires; the contract suite holds them to the same rules as those in DynamoDB. */
export function memoryCommandReceipts(): CommandReceipts & { forget(): void } {
  const kept = new Map<string, Receipt>();
  return {
    async bind({ id, content }) {
      const receipt = kept.get(id) ?? { content };
      kept.set(id, receipt);
      return structuredClone(receipt);
    },
    async keep({ id, content }, answer) {
      const receipt = kept.get(id);
      if (receipt?.answer === undefined) kept.set(id, structuredClone({ content, answer }));
      return structuredClone(receipt?.answer ?? answer);
    },
    /** As a day does. */
    forget: () => kept.clear(),
  };
}
