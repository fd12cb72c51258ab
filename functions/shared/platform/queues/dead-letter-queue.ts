import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FailedEvent } from '../../../contracts/failed-event.ts';

export type DeadLetters = (letter: FailedEvent) => Promise<void>;

/** Sends what could not be handled to the function's own dead letter queue. */
export function deadLetterQueue(queueUrl: string): DeadLetters {
  const client = new SQSClient({});
  return (letter) => send(client, queueUrl, letter);
}

/**
 * The same for a queue of somebody else in this account.
 *
 * @param ownUrl of a queue beside it: the name is the last part of a queue's address (SQS developer guide, "Queue and message identifiers")
 */
export function deadLetterQueueBeside(ownUrl: string, name: string): (letter: FailedEvent) => Promise<void> {
  return deadLetterQueue(`${ownUrl.slice(0, ownUrl.lastIndexOf('/'))}/${name}`);
}

async function send(client: SQSClient, QueueUrl: string, letter: FailedEvent): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));
}

/** The same, for work that a letter's redrive has caused: what fails of it names that letter. */
export function inRedriveOf(redriveOf: string | undefined, deadLetter: DeadLetters): DeadLetters {
  return redriveOf === undefined ? deadLetter : (letter) => deadLetter({ ...letter, redriveOf });
}
