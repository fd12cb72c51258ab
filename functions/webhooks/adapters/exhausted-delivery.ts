import { randomUUID } from 'node:crypto';
import type { AnyEvent } from '../../contracts/event.ts';
import type { DeliveryExhausted } from '../../contracts/events/delivery-events.v1.ts';
import type { FailedEvent } from '../../contracts/failed-event.ts';
import { EVENT_MATCHED, WEBHOOKS_DUE } from '../../contracts/webhooks.ts';
import { currentTraceId } from '../../shared/platform/ids.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { commitBehind } from '../../shared/platform/log/event-log.ts';
import { failedEvent } from '../../shared/platform/queues/failed-event.ts';
import type { DeliveryRecord, SubscribedStream, WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';

/** A message that is given up. */
export interface Exhausted {
  stream: WebhookStream;
  /** As it stands then. */
  delivery: DeliveryRecord;
  reason: string;
}

/** How a message of a subscription is told: the event itself, so that it can be read, mended and sent again. */
function subscriberLetter({ subscriptionId, redriveOf }: SubscribedStream, exhausted: Exhausted): FailedEvent {
  const detail = JSON.parse(exhausted.delivery.body) as { event: AnyEvent };
  return failedEvent({
    subscriptionId,
    eventType: detail.event.eventType,
    message: JSON.stringify({ 'detail-type': EVENT_MATCHED, detail }),
    error: exhausted.reason,
    attempts: Math.max(exhausted.delivery.tries, 1),
    ...(redriveOf !== undefined && { redriveOf }),
  });
}

/** Of a callback: names the message, and neither its address nor its body, as letters are read by others than its owner. */
export function exhaustedLetter(exhausted: Exhausted): FailedEvent {
  const { stream: of, delivery, reason } = exhausted;
  if (of.subscription !== undefined) return subscriberLetter(of.subscription, exhausted);
  const { stream, correlationId } = of;
  const detail = { stream, deliveryId: delivery.deliveryId, metadata: { correlationId } };
  return failedEvent({
    subscriptionId: 'webhooks',
    eventType: 'webhook.exhausted',
    message: JSON.stringify({ 'detail-type': WEBHOOKS_DUE, detail }),
    error: reason,
    attempts: Math.max(delivery.tries, 1),
  });
}

/** Its place in the history of the message is how often that was given up. */
export function exhaustedCommit({ stream, delivery, reason }: Exhausted, now: string): Commit {
  const { deliveryId, webhookId, tries, exhaustions } = delivery;
  const event: DeliveryExhausted = {
    type: 'DeliveryExhausted',
    data: { deliveryId, webhookId, stream: stream.stream, attempts: tries, reason },
  };
  return commitBehind(
    { aggregateId: `delivery_${deliveryId}`, version: exhaustions - 1, commits: [] },
    {
      commitId: randomUUID(),
      committedAt: now,
      events: [event],
      metadata: { correlationId: stream.correlationId, traceId: currentTraceId() },
    },
  );
}
