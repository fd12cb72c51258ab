import type { AnyEvent } from '../../contracts/event.ts';
import type { SubscriptionRecord } from './subscription.ts';

type Wanted = Pick<SubscriptionRecord, 'eventType' | 'filter'>;

/** What EventBridge takes (EventBridge quotas, "Event pattern size"). */
export const MAX_PATTERN_CHARACTERS = 2048;

/** The pattern of a subscription's rule. It is built as an object: nothing that a user wrote can leave its place in it. */
export function patternOf({ eventType, filter }: Wanted): Record<string, unknown> {
  const detail = filter === undefined ? {} : { detail: { data: filter } };
  if (eventType === '*') return { source: [{ prefix: '' }], ...detail };
  const type = eventType.endsWith('*') ? { prefix: eventType.slice(0, -1) } : eventType;
  return { 'detail-type': [type], ...detail };
}

/** Whether an event's type is wanted; what its filter says of it, only EventBridge knows. */
export function wantsType({ eventType }: Wanted, event: AnyEvent): boolean {
  return eventType.endsWith('*') ? event.eventType.startsWith(eventType.slice(0, -1)) : event.eventType === eventType;
}

const EXHAUSTED = 'domain.DeliveryExhausted';

/**
 * Whether an event tells of a delivery that its subscriber must not hear of: of the subscription's own, or of one that told of a delivery
 * itself. Else two subscriptions whose receivers are down would tell each other for ever.
 */
export function isEcho(subscriptionId: string, { eventType, data }: AnyEvent): boolean {
  if (eventType !== EXHAUSTED) return false;
  const { stream, webhookId } = (data.eventData ?? {}) as { stream?: unknown; webhookId?: unknown };
  return String(stream).startsWith(`${subscriptionId}-`) || String(webhookId).startsWith('delivery_');
}
