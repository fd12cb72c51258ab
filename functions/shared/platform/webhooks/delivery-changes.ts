import { AppError } from '../../kernel/errors.ts';
import type { DeliveryRecord, NewDelivery } from './deliveries.ts';
import { deliveryIdOf, webhookIdOf } from './deliveries.ts';

/** A message as it stands when it was just given: due at once. */
export function givenDelivery(delivery: NewDelivery): DeliveryRecord {
  const { stream, seq, body, createdAt, webhookId = webhookIdOf(stream, seq) } = delivery;
  return {
    stream,
    seq,
    body,
    createdAt,
    deliveryId: deliveryIdOf(stream, seq),
    webhookId,
    status: 'pending',
    tries: 0,
    attempts: [],
    nextAttemptAt: createdAt,
    exhaustions: 0,
    revision: 1,
  };
}

/**
 * A message that is to go out again. One that is pending keeps its revision: a try that is under way is recorded all the same, and the
 * receiver's answer to it counts.
 */
export function replayedDelivery(delivery: DeliveryRecord, now: string): DeliveryRecord {
  if (delivery.status === 'pending') return { ...delivery, nextAttemptAt: now };
  return { ...delivery, status: 'pending', tries: 0, nextAttemptAt: now, revision: delivery.revision + 1 };
}

/** Nothing is known of a message that was to be sent again. */
export function unknownDelivery({ deliveryId }: Pick<DeliveryRecord, 'deliveryId'>): AppError<'NOT_FOUND'> {
  return new AppError('NOT_FOUND', `There is no delivery ${deliveryId}.`);
}
