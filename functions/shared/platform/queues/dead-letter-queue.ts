import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FailedEvent } from '../../../contracts/failed-event.ts';

/** Sends what could not be handled to the function's own dead letter queue. */
export function deadLetterQueue(queueUrl: string): (letter: FailedEvent) => Promise<void> {
  const client = new SQSClient({});
  return (letter) => send(client, queueUrl, letter);
}

/** The same for a queue of somebody else, known by its name. */
export function deadLetterQueueOf(QueueName: string): (letter: FailedEvent) => Promise<void> {
  const client = new SQSClient({});
  let known: string | undefined;
  return async (letter) => {
    known ??= (await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
    if (known === undefined) throw new Error(`The queue ${QueueName} has no address.`);
    await send(client, known, letter);
  };
}

async function send(client: SQSClient, QueueUrl: string, letter: FailedEvent): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));
}
