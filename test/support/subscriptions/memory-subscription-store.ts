import type {
  Noted,
  SubscriptionStates,
} from '../../../functions/shared/platform/subscriptions/subscription-states.ts';
import type { Seen, SubscriptionStore } from '../../../functions/subscriptions/adapters/subscription-store.ts';
import { MAX_SUBSCRIPTIONS } from '../../../functions/subscriptions/adapters/subscription-store.ts';
import type { SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';

/** The table of subscriptions as their owners see it, and as those see it who send. */
export interface OpenedSubscriptions {
  store: SubscriptionStore;
  states: SubscriptionStates;
}

/** Subscriptions in memory. The contract suite holds them to the same rules as those in DynamoDB. */
export function memorySubscriptions(): OpenedSubscriptions & { readonly rows: Map<string, SubscriptionRecord> } {
  const rows = new Map<string, SubscriptionRecord>();
  let keptAt: string | undefined;
  return {
    rows,
    store: {
      async create(subscription) {
        if (rows.has(subscription.subscriptionId)) return 'exists';
        if (rows.size >= MAX_SUBSCRIPTIONS) return 'full';
        rows.set(subscription.subscriptionId, structuredClone(subscription));
        return 'created';
      },
      find: async (subscriptionId) => structuredClone(rows.get(subscriptionId)),
      all: async () => structuredClone([...rows.values()]),
      async change(subscriptionId, change, seen = {}) {
        const row = rows.get(subscriptionId);
        const asSeen = Object.entries(seen).every(([name, value]) => row?.[name as keyof Seen] === value);
        if (row === undefined || !asSeen) return undefined;
        const after = Object.entries({ ...row, ...change }).filter(([, value]) => value !== undefined);
        rows.set(subscriptionId, Object.fromEntries(after) as unknown as SubscriptionRecord);
        return structuredClone(rows.get(subscriptionId));
      },
      remove: async (subscriptionId) => void rows.delete(subscriptionId),
      lastKept: async () => keptAt,
      async kept(at) {
        keptAt = at;
      },
    },
    states: {
      async state(subscriptionId) {
        const row = rows.get(subscriptionId);
        if (row === undefined || row.isEnding) return 'ended';
        return row.isPaused ? 'paused' : 'active';
      },
      note: async (subscriptionId, noted) => note(rows.get(subscriptionId), noted),
    },
  };
}

function note(row: SubscriptionRecord | undefined, noted: Noted): void {
  if (row === undefined) return;
  if (noted.delivered) row.successes += 1;
  else Object.assign(row, { lastError: noted.error, failures: row.failures + (noted.exhausted ? 1 : 0) });
}
