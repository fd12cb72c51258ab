import { WEBHOOKS_DUE } from '../../../contracts/webhooks.ts';
import { messageQueue } from '../queues/message-queue.ts';
import type { Kick } from './delivery-store.ts';

/** What the function that sends callbacks is asked. */
export interface WebhooksDue {
  stream: string;
  /** In a letter about a message that was given up, and so where the letter is sent again: that message is to go out after all. */
  deliveryId?: string;
}

/** Kicks by a message to the queue of the function that sends callbacks. */
export function webhookKicks(queueUrl: string): Kick {
  const send = messageQueue<WebhooksDue>(queueUrl, WEBHOOKS_DUE);
  return (stream, delaySeconds) => send({ stream }, delaySeconds);
}
