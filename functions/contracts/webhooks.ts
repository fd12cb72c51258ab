import type { DeliveryAttempt } from './api/webhook.ts';

/** How a delivery stands: on its way, taken by its receiver, or given up. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'exhausted'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What came of one try. */
export interface TryOutcome {
  attempt: DeliveryAttempt;
  delivered: boolean;
  /** The receiver said that nothing will ever be taken there. */
  gone: boolean;
  /** So long it wants to be left alone, in ms. */
  retryAfterMs: number;
}

/** The type of a message that brings an event to one subscription: `{ subscriptionId, event }`. */
export const EVENT_MATCHED = 'maos.EventMatched';

/** Whose letters those of subscriptions are: the consumer of the events that matched, to which they are sent again. */
export const SUBSCRIBER_LETTERS = 'subscriptions';
