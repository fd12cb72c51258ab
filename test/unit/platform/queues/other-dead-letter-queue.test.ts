import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FailedEvent } from '../../../../functions/contracts/failed-event.ts';
import { deadLetterQueueBeside } from '../../../../functions/shared/platform/queues/dead-letter-queue.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => {
  sqs.reset();
});

const letter = { subscriptionId: 's', message: '{}' } as FailedEvent;
const send = deadLetterQueueBeside('https://queues.example/123/maos-test-webhooks-dead-letters', 'maos-test-others');

describe('a dead letter for the queue of somebody else', () => {
  it('goes to the queue of that name beside the own one', async () => {
    await send(letter);
    expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { QueueUrl: 'https://queues.example/123/maos-test-others', MessageBody: JSON.stringify(letter) },
    ]);
  });

  it('fails aloud where it is not taken', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('no route'));
    await expect(send(letter)).rejects.toThrow('no route');
  });
});
