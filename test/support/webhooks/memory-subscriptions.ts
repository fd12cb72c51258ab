import type {
  Noted,
  SubscriptionState,
  SubscriptionStates,
} from '../../../functions/shared/platform/subscriptions/subscription-states.ts';

/** Subscriptions as a sender sees them; one that nobody has given does not exist. */
export function memorySubscriptionStates(): SubscriptionStates & {
  readonly states: Map<string, SubscriptionState>;
  readonly noted: (Noted & { subscriptionId: string })[];
} {
  const states = new Map<string, SubscriptionState>();
  const noted: (Noted & { subscriptionId: string })[] = [];
  return {
    states,
    noted,
    state: async (subscriptionId) => states.get(subscriptionId) ?? 'ended',
    note: async (subscriptionId, one) => void noted.push({ subscriptionId, ...one }),
  };
}
