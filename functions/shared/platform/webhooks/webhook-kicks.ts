import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Kick } from './delivery-store.ts';

/** What the function that sends callbacks is asked. */
export interface WebhooksDue {
  stream: string;
  /** In a letter about a message that was given up, and so where the letter is sent again: that message is to go out after all. */
  deliveryId?: string;
}

export const WEBHOOKS_DUE = 'maos.WebhooksDue';

/** Kicks by a message to the queue of the function that sends callbacks. */
export function webhookKicks(queueUrl: string): Kick {
  const client = new SQSClient({});
  return async (stream, delaySeconds = 0) => {
    const detail: WebhooksDue = { stream };
    const body = JSON.stringify({ 'detail-type': WEBHOOKS_DUE, detail });
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
      }),
    );
  };
}
