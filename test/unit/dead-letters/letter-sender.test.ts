import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { letterSender } from '../../../functions/dead-letters/adapters/letter-sender.ts';

const sqs = mockClient(SQSClient);
const lambda = mockClient(LambdaClient);
const DEAD_LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const CALL = { do: 'undo-again', sagaId: 'saga_1', stepId: 'flight', run: 1 } as const;
const INBOX = { to: 'inbox', of: 'task-follower', message: '{"a":1}' } as const;
const SERVICE = { to: 'service', service: 'http-service', call: CALL } as const;

let send: ReturnType<typeof letterSender>;
beforeEach(() => {
  sqs.reset();
  lambda.reset();
  sqs.on(GetQueueUrlCommand).callsFake(async ({ QueueName }) => ({ QueueUrl: `https://queues.example/${QueueName}` }));
  lambda.on(InvokeCommand).resolves({});
  send = letterSender('test', new Map([['http-service', 'arn:http-service']]));
});

const sending = (to: Parameters<typeof send>[0], forMs = 5000) =>
  send(to, { deadLetterId: DEAD_LETTER, until: Date.now() + forMs });

describe('a message', () => {
  it('goes to the inbox of its consumer, and says which letter it is', async () => {
    await sending(INBOX);
    expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual([
      {
        QueueUrl: 'https://queues.example/maos-test-task-follower',
        MessageBody: '{"a":1}',
        MessageAttributes: { 'maos-redrive-of': { DataType: 'String', StringValue: DEAD_LETTER } },
      },
    ]);
  });

  it('has its inbox looked up once', async () => {
    for (const of of ['task-follower', 'webhooks', 'task-follower']) await sending({ ...INBOX, of });
    expect(sqs.commandCalls(GetQueueUrlCommand)).toHaveLength(2);
    const queues = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input.QueueUrl);
    expect(queues.map((url) => url?.split('/').at(-1))).toEqual(
      ['task-follower', 'webhooks', 'task-follower'].map((of) => `maos-test-${of}`),
    );
  });

  it('whose inbox cannot be found is not taken, and is looked for again the next time', async () => {
    sqs.on(GetQueueUrlCommand).rejectsOnce(new QueueDoesNotExist({ message: 'No such queue.', $metadata: {} }));
    const error = { code: 'SERVICE_ERROR', message: 'task-follower did not take it: No such queue.' };
    await expect(sending(INBOX)).rejects.toMatchObject(error);
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://queues.example/there' });
    await sending(INBOX);
    expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
  });

  it('that SQS refuses is not taken', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('One or more parameters are invalid.'));
    await expect(sending(INBOX)).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  });
});

describe('a call', () => {
  it('goes to the function of its service, which is waited for', async () => {
    await sending(SERVICE);
    const [{ FunctionName, Payload, InvocationType } = {}] = lambda
      .commandCalls(InvokeCommand)
      .map(({ args }) => args[0].input);
    expect([FunctionName, InvocationType]).toEqual(['arn:http-service', undefined]);
    expect(JSON.parse(String(Payload))).toEqual({ ...CALL, redriveOf: DEAD_LETTER });
  });

  it.each([
    ['{"errorType":"STEP_INTERRUPTED","errorMessage":"billing is unavailable."}', 'billing is unavailable.'],
    ['{}', 'Unhandled'],
    ['', 'Unhandled'],
  ])('that fails with %s is not taken', async (payload, reason) => {
    lambda
      .on(InvokeCommand)
      .resolves({ FunctionError: 'Unhandled', Payload: new TextEncoder().encode(payload) as never });
    const error = { code: 'SERVICE_ERROR', message: `http-service did not take it: ${reason}` };
    await expect(sending(SERVICE)).rejects.toMatchObject(error);
  });
});

describe('what does not answer in time', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['a queue', INBOX, 'task-follower'],
    ['a service', SERVICE, 'http-service'],
  ] as const)('may go on: %s', async (_, to, name) => {
    const over = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal);
    const aborted = async () => {
      over.abort();
      throw new Error('Request aborted');
    };
    sqs.on(SendMessageCommand).callsFake(aborted);
    lambda.on(InvokeCommand).callsFake(aborted);
    const error = { code: 'TIMEOUT', message: `${name} has not answered in time, and may go on.` };
    await expect(sending(to, 4000)).rejects.toMatchObject(error);
    const [[ms = 0] = []] = timeout.mock.calls;
    expect(ms).toBeGreaterThan(3000);
    expect(ms).toBeLessThanOrEqual(4000);
    const calls = [...sqs.calls(), ...lambda.calls()];
    for (const { args } of calls) expect(args).toMatchObject([{}, { abortSignal: over.signal }]);
  });
});
