import type { AnyEvent } from '../../contracts/event.ts';
import type { WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import type { DeliveryStore, Kick, Write } from '../../shared/platform/webhooks/delivery-store.ts';
import { isEcho } from '../domain/event-pattern.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';
import { hearsFrom } from '../domain/subscription.ts';

export interface DeliveryPorts {
  deliveries: DeliveryStore;
  /** Writes all or nothing, and says whether all conditions held. */
  commit(writes: Write[]): Promise<boolean>;
  kick: Kick;
  /** ISO 8601, UTC. */
  now(): string;
}

/** Gives an event to a subscriber, once, however often it comes. A letter that is sent again is given once too, beside it. */
export type GiveEvent = (subscription: SubscriptionRecord, event: AnyEvent, redriveOf?: string) => Promise<void>;

/**
 * Each event is a stream of its own: none waits for another, and its key is what makes it come once. The stream is opened first; dying
 * behind that leaves one that is empty, which the next delivery of the event fills.
 */
export function eventDeliveries({ deliveries, commit, kick, now }: DeliveryPorts): GiveEvent {
  return async (subscription, event, redriveOf) => {
    const { subscriptionId } = subscription;
    if (isEcho(subscriptionId, event) || event.position < hearsFrom(subscription)) return;
    const stream = streamOf(subscription, event, redriveOf);
    const isNew = await commit(deliveries.open(stream));
    if (!isNew && ((await deliveries.load(stream.stream))?.lastGiven ?? 0) > 0) return;
    const body = JSON.stringify({ subscriptionId, event });
    await commit(deliveries.add({ stream: stream.stream, seq: 1, body, createdAt: now(), webhookId: event.eventId }));
    await kick(stream.stream);
  };
}

function streamOf(subscription: SubscriptionRecord, event: AnyEvent, redriveOf?: string): WebhookStream {
  const { subscriptionId, url, maxAttempts: maxTries, deadLetters } = subscription;
  const again = redriveOf === undefined ? {} : { redriveOf };
  return {
    stream: [subscriptionId, event.eventId, ...Object.values(again)].join('-'),
    url,
    owner: subscriptionId,
    correlationId: event.metadata.correlationId,
    subscription: { subscriptionId, maxTries, deadLetters, ...again },
  };
}
