/** How a delivery stands: on its way, taken by its receiver, or given up. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'exhausted'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The type of a message that brings an event to one subscription: `{ subscriptionId, event }`. */
export const EVENT_MATCHED = 'maos.EventMatched';

/** Whose letters those of subscriptions are: the consumer of the events that matched, to which they are sent again. */
export const SUBSCRIBER_LETTERS = 'subscriptions';

/** The type of a message that has a stream of callbacks looked at: `{ stream, deliveryId? }`. */
export const WEBHOOKS_DUE = 'maos.WebhooksDue';
