import { messageOf } from '../../shared/kernel/errors.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { Noted, SubscriptionStates } from '../../shared/platform/subscriptions/subscription-states.ts';
import type { DeliveryRecord } from '../../shared/platform/webhooks/deliveries.ts';
import type { StreamRows } from '../../shared/platform/webhooks/delivery-rows.ts';
import type { Kick } from '../../shared/platform/webhooks/delivery-store.ts';
import type { Claim, DeliveryQueue } from './delivery-queue.ts';

export interface GatePorts {
  queue: DeliveryQueue;
  subscriptions: SubscriptionStates;
  kick: Kick;
}

const logger = newLogger();

/** Whether a stream's messages may go out now. Callbacks always may. */
export async function gateOf({ subscriptions }: GatePorts, { stream: { subscription } }: StreamRows) {
  return subscription === undefined ? 'active' : subscriptions.state(subscription.subscriptionId);
}

/**
 * Puts a stream aside until its subscription is resumed. Whoever resumes it looks for what is put aside, and may have looked just before:
 * so one more look is taken afterwards.
 */
export async function park(ports: GatePorts, claim: Claim, rows: StreamRows): Promise<Claim | undefined> {
  const subscriptionId = rows.stream.subscription?.subscriptionId ?? '';
  if (!(await ports.queue.park(claim, rows, subscriptionId))) return claim;
  if ((await ports.subscriptions.state(subscriptionId)) !== 'paused') {
    await ports.queue.unpark(claim.stream, subscriptionId);
    await ports.kick(claim.stream);
  }
  return undefined;
}

const UNSUBSCRIBED = 'The subscription was ended before.';

/** Nobody is to hear of it any more: it leaves no letter. */
export async function withdraw({ queue }: GatePorts, delivery: DeliveryRecord, now: string): Promise<void> {
  const attempts = [...delivery.attempts, { at: now, durationMs: 0, error: UNSUBSCRIBED }];
  const after = { ...delivery, attempts, status: 'exhausted' as const, revision: delivery.revision + 1 };
  await queue.record({ before: delivery, after, gone: false });
}

/** Counts it for a subscription. A count that is lost holds up no message. */
export async function noteFor(
  { subscriptions }: GatePorts,
  { stream: { subscription, correlationId } }: StreamRows,
  noted: Noted,
): Promise<void> {
  if (subscription === undefined) return;
  const { subscriptionId } = subscription;
  await subscriptions.note(subscriptionId, noted).catch((error: unknown) => {
    logger.warn('An outcome was not counted', { subscriptionId, correlationId, reason: messageOf(error) });
  });
}
