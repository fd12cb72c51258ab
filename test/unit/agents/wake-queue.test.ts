import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { wakeQueue } from '../../../functions/agents/adapters/wake-queue.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const wake = wakeQueue('https://queues.example/scaffold');

it.each(['code_generation', 'simple_task'])('wakes the scaffold agent for %s', async (taskType) => {
  await wake({ taskId: 'task_1', taskType });
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      QueueUrl: 'https://queues.example/scaffold',
      MessageBody: JSON.stringify({ 'detail-type': 'maos.WorkWaiting', detail: { taskId: 'task_1' } }),
    },
  ]);
});

it('wakes nobody for a type that only others take', async () => {
  await wake({ taskId: 'task_1', taskType: 'translation' });
  expect(sqs.calls()).toEqual([]);
});
