import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FailedEvent } from '../../../contracts/failed-event.ts';

export type DeadLetters = (letter: FailedEvent) => Promise<void>;

/** Sends what could not be handled to the function's own dead letter queue. */
export function deadLetterQueue(queueUrl: string): DeadLetters {
  const client = new SQSClient({});
  return async (letter) => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) }));
  };
}

/** The same, for work that a letter's redrive has caused: what fails of it names that letter. */
export function inRedriveOf(redriveOf: string | undefined, deadLetter: DeadLetters): DeadLetters {
  return redriveOf === undefined ? deadLetter : (letter) => deadLetter({ ...letter, redriveOf });
}
