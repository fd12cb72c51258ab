import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** What the keeper is asked: one subscription, or all of them. */
export interface KeepSubscription {
  subscriptionId?: string;
}

/** Has the keeper look after one subscription, now or some seconds later. */
export function keeperCalls(queueUrl: string) {
  const client = new SQSClient({});
  return async (subscriptionId: string, delaySeconds = 0): Promise<void> => {
    const detail: KeepSubscription = { subscriptionId };
    const MessageBody = JSON.stringify({ 'detail-type': 'maos.KeepSubscription', detail });
    const delay = delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {};
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...delay }));
  };
}
