import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { wakeQueue } from '../../../functions/agents/adapters/wake-queue.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const WORK = { taskId: 'task_1', priority: 5, createdAt: '2026-08-19T10:00:00.000Z', round: 0 };
const wake = wakeQueue('https://queues.example/scaffold');

it.each(['code_generation', 'simple_task'])('wakes the scaffold agent for %s', async (taskType) => {
  const work = { ...WORK, taskType };
  await wake(work);
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      QueueUrl: 'https://queues.example/scaffold',
      MessageBody: JSON.stringify({ 'detail-type': 'maos.WorkWaiting', detail: work }),
    },
  ]);
});

it('wakes nobody for a type that only others take', async () => {
  await wake({ ...WORK, taskType: 'translation' });
  expect(sqs.calls()).toEqual([]);
});
