import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

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
  const client = new SQSClient({});
  return async (requestId, delayMs = 0) => {
    const detail: TryOrder = { requestId };
    const body = JSON.stringify({ 'detail-type': 'maos.RequestTry', detail });
    const delay = Math.max(0, Math.ceil(delayMs / 1000));
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...(delay > 0 && { DelaySeconds: delay }) }),
    );
  };
}
