import { messageQueue } from '../../shared/platform/queues/message-queue.ts';

/** What the queue of tries carries. */
export interface TryOrder {
  requestId: string;
}

/** What the runner is called with, while somebody waits for the request. `until` in ms since 1970: no try begins there later. */
export interface RunOrder extends TryOrder {
  until: number;
}

/** Has a request go on by the queue, now or some ms later (at most 15 minutes). An order that is lost is made up for by the sweep of each minute. */
export type OrderTry = (requestId: string, delayMs?: number) => Promise<void>;

export function tryQueue(queueUrl: string): OrderTry {
  const send = messageQueue<TryOrder>(queueUrl, 'maos.RequestTry');
  return (requestId, delayMs = 0) => send({ requestId }, Math.max(0, Math.ceil(delayMs / 1000)));
}
