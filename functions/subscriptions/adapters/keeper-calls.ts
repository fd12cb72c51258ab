import { messageQueue } from '../../shared/platform/queues/message-queue.ts';

/** What the keeper is asked: one subscription, or all of them. */
export interface KeepSubscription {
  subscriptionId?: string;
}

/** Has the keeper look after one subscription, now or some seconds later. */
export function keeperCalls(queueUrl: string) {
  const send = messageQueue<KeepSubscription>(queueUrl, 'maos.KeepSubscription');
  return (subscriptionId: string, delaySeconds?: number): Promise<void> => send({ subscriptionId }, delaySeconds);
}
