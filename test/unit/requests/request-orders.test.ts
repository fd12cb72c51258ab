import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { tryQueue } from '../../../functions/requests/adapters/request-orders.ts';
import { sweepRequests } from '../../../functions/requests/adapters/request-sweep.ts';
import { runnerInvoke } from '../../../functions/requests/adapters/runner-invoke.ts';

const sqs = mockClient(SQSClient);
const lambda = mockClient(LambdaClient);
beforeEach(() => {
  sqs.reset();
  lambda.reset();
});

describe('an order of a try', () => {
  it.each([
    [undefined, undefined],
    [0, undefined],
    [-5, undefined],
    [1, 1],
    [2000, 2],
    [2001, 3],
    [10_000, 10],
  ])('with a delay of %s ms is given after %s s, never before its time', async (ms, seconds) => {
    await tryQueue('queue-url')('req_1', ms);
    const [call] = sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input).toEqual({
      QueueUrl: 'queue-url',
      MessageBody: JSON.stringify({ 'detail-type': 'maos.RequestTry', detail: { requestId: 'req_1' } }),
      ...(seconds !== undefined && { DelaySeconds: seconds }),
    });
  });
});

describe('the runner', () => {
  it('is told which request, and until when somebody waits', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 200 });
    await runnerInvoke('runner-arn')({ requestId: 'req_1', until: 5 });
    const [call] = lambda.commandCalls(InvokeCommand);
    const input = { FunctionName: 'runner-arn', Payload: '{"requestId":"req_1","until":5}' };
    expect(call?.args[0].input).toEqual(input);
  });

  it('that failed is no success', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 200, FunctionError: 'Unhandled' });
    await expect(runnerInvoke('runner-arn')({ requestId: 'req_1', until: 5 })).rejects.toThrow('Unhandled');
  });
});

describe('a sweep', () => {
  it('orders a try of every request that is due, though some cannot be ordered, and tells of it', async () => {
    const seen: string[] = [];
    const looks: string[] = [];
    const sweep = sweepRequests({
      async *due(now) {
        looks.push(now);
        yield ['req_1', 'req_2'];
        yield ['req_3'];
      },
      order: async (requestId) => {
        seen.push(requestId);
        if (requestId === 'req_1') throw new Error('no queue');
      },
      clock: { now: () => 0 },
    });
    await expect(sweep).rejects.toThrow('no queue');
    expect([seen, looks]).toEqual([['req_1', 'req_2', 'req_3'], ['1970-01-01T00:00:00.000Z']]);
  });
});
