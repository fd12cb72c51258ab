import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { webhookKicks } from '../../../../functions/shared/platform/webhooks/webhook-kicks.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const kick = webhookKicks('https://queues.example/webhooks');
const MESSAGE = {
  QueueUrl: 'https://queues.example/webhooks',
  MessageBody: JSON.stringify({ 'detail-type': 'maos.WebhooksDue', detail: { stream: 'req_1' } }),
};

it.each([
  [undefined, MESSAGE],
  [0, MESSAGE],
  [7, { ...MESSAGE, DelaySeconds: 7 }],
])('has a stream looked at (delay: %s)', async (delay, expected) => {
  await kick('req_1', delay);
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([expected]);
});
