import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FailedEvent } from '../../../../functions/contracts/failed-event.ts';
import { deadLetterQueueOf } from '../../../../functions/shared/platform/queues/dead-letter-queue.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => {
  sqs.reset();
});

const letter = { subscriptionId: 's', message: '{}' } as FailedEvent;
const sent = () => sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input);

describe('a dead letter for the queue of somebody else', () => {
  it('goes to the address of that name, which is looked up once', async () => {
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://queues.example/letters' });
    const send = deadLetterQueueOf('maos-test-subscriptions-dead-letters');
    for (const _ of [1, 2]) await send(letter);
    expect(sqs.commandCalls(GetQueueUrlCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { QueueName: 'maos-test-subscriptions-dead-letters' },
    ]);
    const message = { QueueUrl: 'https://queues.example/letters', MessageBody: JSON.stringify(letter) };
    expect(sent()).toEqual([message, message]);
  });

  it('fails aloud where the queue is not there, and finds it once it is', async () => {
    sqs.on(GetQueueUrlCommand).rejectsOnce(new Error('no such queue')).resolvesOnce({}).resolves({ QueueUrl: 'q' });
    const send = deadLetterQueueOf('letters');
    await expect(send(letter)).rejects.toThrow('no such queue');
    await expect(send(letter)).rejects.toThrow('The queue letters has no address.');
    await send(letter);
    expect(sent()).toHaveLength(1);
  });

  it('fails aloud where it is not taken', async () => {
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'q' }).on(SendMessageCommand).rejects(new Error('no route'));
    await expect(deadLetterQueueOf('letters')(letter)).rejects.toThrow('no route');
  });
});
