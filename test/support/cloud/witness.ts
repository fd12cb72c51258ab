import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Either an input that says which error to throw, or the records of a table's stream. */
type WitnessEvent =
  | { error: string }
  | { Records: { dynamodb: { Keys: { id: { S: string } }; SequenceNumber: string } }[] };

const sqs = new SQSClient({});

/**
 * A Lambda for tests that tells a queue which keys each of its batches has, and then fails as the keys say: `poison` throws,
 * `refused` is reported as the one record that failed.
 */
export async function handler(event: WitnessEvent): Promise<unknown> {
  if ('error' in event) throw Object.assign(new Error('None is left.'), { name: event.error });
  const keys = event.Records.map(({ dynamodb }) => dynamodb.Keys.id.S);
  if (keys.length === 0) return {};
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.WITNESS_QUEUE, MessageBody: JSON.stringify(keys) }));
  if (keys.includes('poison')) throw new Error('Poison.');
  const refused = event.Records.filter(({ dynamodb }) => dynamodb.Keys.id.S === 'refused');
  return { batchItemFailures: refused.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) };
}
