import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { deadLetterQueue } from '../../../../functions/shared/platform/queues/dead-letter-queue.ts';

const sqs = mockClient(SQSClient);

it('a dead letter is sent whole, and its failure is heard of', async () => {
  const letter = {
    subscriptionId: 's',
    eventType: 'domain.Noted',
    message: '{"a":"Ж"}',
    error: 'broken',
    fingerprint: 'f',
    timestamp: '2026-08-20T00:00:00.000Z',
    retryCount: 2,
  };
  const send = deadLetterQueue('https://queues.example/letters');
  await send(letter);
  const [sent] = sqs.commandCalls(SendMessageCommand);
  expect(sent?.args[0].input.QueueUrl).toBe('https://queues.example/letters');
  expect(JSON.parse(sent?.args[0].input.MessageBody ?? '')).toEqual(letter);
  sqs.on(SendMessageCommand).rejects(new Error('no route'));
  await expect(send(letter)).rejects.toThrow('no route');
});
