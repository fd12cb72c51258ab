import { unknownDelivery } from '../../shared/platform/webhooks/delivery-changes.ts';
import type { DeliveryStore } from '../../shared/platform/webhooks/delivery-store.ts';
import type { WebhooksDue } from '../../shared/platform/webhooks/webhook-kicks.ts';

/**
 * Gives the message of a letter that is sent again anew, if it is still given up. A letter that comes twice finds it on its way.
 *
 * @throws AppError `NOT_FOUND` where the message is forgotten already
 */
export function letterRedriver(store: Pick<DeliveryStore, 'load' | 'replay'>) {
  return async ({ stream, deliveryId }: WebhooksDue, now: string): Promise<void> => {
    if (deliveryId === undefined) return;
    const found = (await store.load(stream))?.deliveries.find((one) => one.deliveryId === deliveryId);
    if (found === undefined) throw unknownDelivery({ deliveryId });
    if (found.status === 'exhausted') await store.replay(found, now);
  };
}
