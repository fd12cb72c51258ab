import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FailedEvent } from '../../../contracts/failed-event.ts';

/** Sends what could not be handled to the function's own dead letter queue. */
export function deadLetterQueue(queueUrl: string): (letter: FailedEvent) => Promise<void> {
  const client = new SQSClient({});
  return async (letter) => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) }));
  };
}
