import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { keeperCalls } from '../../../functions/subscriptions/adapters/keeper-calls.ts';

const sqs = mockClient(SQSClient);

it('a call to the keeper is an envelope that names the subscription, now or later', async () => {
  const keep = keeperCalls('https://queues.example/keeper');
  await keep('sub_1');
  await keep('sub_2', 7);
  const bodyOf = (subscriptionId: string) =>
    JSON.stringify({ 'detail-type': 'maos.KeepSubscription', detail: { subscriptionId } });
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { QueueUrl: 'https://queues.example/keeper', MessageBody: bodyOf('sub_1') },
    { QueueUrl: 'https://queues.example/keeper', MessageBody: bodyOf('sub_2'), DelaySeconds: 7 },
  ]);
  sqs.on(SendMessageCommand).rejects(new Error('no route'));
  await expect(keep('sub_1')).rejects.toThrow('no route');
});
