import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { newId } from '../../../functions/shared/platform/ids.ts';
import { commitBehind } from '../../../functions/shared/platform/log/event-log.ts';
import { eventsOf } from '../../../functions/shared/platform/log/stored-event.ts';
import type { NewSubscription, SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';
import { newSubscription } from '../../../functions/subscriptions/domain/subscription.ts';

const CREATED_AT = '2026-08-19T10:00:00.000Z';
export const HOOK = 'https://receiver.example/hook';

/** What a user asks for; each one another. */
function asked(changes: Partial<NewSubscription> = {}): NewSubscription {
  return {
    subscriptionId: newId('sub'),
    eventType: 'order.placed',
    url: HOOK,
    maxAttempts: 3,
    deadLetters: true,
    keyId: 'key_1',
    createdAt: CREATED_AT,
    ...changes,
  };
}

export function sampleSubscription(
  changes: Partial<NewSubscription> = {},
  state: Partial<SubscriptionRecord> = {},
): SubscriptionRecord {
  return { ...newSubscription(asked(changes)), ...state };
}

/** An event as a user publishes it, at that time. */
export function userEvent(
  { type = 'order.placed', data = {}, id = newId('evt') }: { type?: string; data?: object; id?: string } = {},
  at = '2026-08-19T10:00:01.000Z',
): AnyEvent {
  const commit = commitBehind(
    { aggregateId: id, version: 0, commits: [] },
    {
      commitId: `cmd_${id}`,
      committedAt: at,
      source: 'shop',
      events: [{ type, data }],
      metadata: { correlationId: 'corr_1', userId: 'key_1', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    },
  );
  return eventsOf(commit)[0] as AnyEvent;
}

/** That a message was given up, as the log tells it. */
export function exhaustedEvent(stream: string, webhookId: string, at?: string): AnyEvent {
  const eventData = { deliveryId: `${stream}-1`, webhookId, stream, attempts: 3, reason: 'It failed.' };
  const event = userEvent({ id: `delivery_${stream}-1` }, at);
  const data = { aggregateId: `delivery_${stream}-1`, eventType: 'DeliveryExhausted', eventData, version: 1 };
  return { ...event, eventType: 'domain.DeliveryExhausted', source: 'domain', data };
}
