import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contractTestQueue } from '../../../functions/services/adapters/contract-test-queue.ts';
import { dynamoContractTests } from '../../../functions/services/adapters/contract-tests.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const STARTED = '2026-08-19T10:00:00.999Z';
const EXPIRES = Date.parse('2026-08-20T10:00:00.000Z');
const test = { testId: 'test_1', name: 'billing', startedAt: STARTED };
const result = {
  service: 'billing',
  version: '1.0',
  passed: false,
  operations: [
    {
      operation: 'pay',
      passed: false,
      testCases: [{ input: { '': [1e300] }, output: null, passed: false, error: 'no' }],
    },
  ],
  timestamp: STARTED,
};
const tests = dynamoContractTests(dynamoClient(), 'Services');

beforeEach(() => {
  dynamo.reset();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(STARTED) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Saves a test, and lets it be found as it was saved. */
async function saved(record: Parameters<typeof tests.save>[0]) {
  dynamo.on(PutCommand).resolves({});
  await tests.save(record);
  const input = dynamo.commandCalls(PutCommand).at(-1)?.args[0].input;
  const place = { TableName: 'Services', Key: { name: 'billing', part: 'test#test_1' }, ConsistentRead: true };
  dynamo.on(GetCommand, place).resolves({ Item: input?.Item ?? {} });
  return input;
}

describe('a contract test', () => {
  it('stands beside its service under its id, for a day', async () => {
    expect(await saved(test)).toEqual({
      TableName: 'Services',
      Item: { ...test, part: 'test#test_1', expiresAt: EXPIRES / 1000 },
    });
    expect(await tests.find('billing', 'test_1')).toStrictEqual(test);
  });

  it('takes its result, which comes back as it went in, and lives no longer for it', async () => {
    vi.setSystemTime(EXPIRES - 60_000);
    expect(await saved({ ...test, result })).toMatchObject({ Item: { expiresAt: EXPIRES / 1000 } });
    expect(await tests.find('billing', 'test_1')).toStrictEqual({ ...test, result });
  });

  it('is there to its last moment, and then no more, though its row still is', async () => {
    await saved({ ...test, result });
    vi.setSystemTime(EXPIRES);
    expect(await tests.find('billing', 'test_1')).toMatchObject(test);
    vi.setSystemTime(EXPIRES + 1);
    expect(await tests.find('billing', 'test_1')).toBeUndefined();
  });

  it('is not there where nobody asked for it, and not under another service', async () => {
    await saved(test);
    dynamo.on(GetCommand, { Key: { name: 'shipping', part: 'test#test_1' } }).resolves({});
    expect(await tests.find('shipping', 'test_1')).toBeUndefined();
  });
});

it('is ordered by a message in the form of an event', async () => {
  const sqs = mockClient(SQSClient);
  const order = { testId: 'test_1', name: 'billing', correlationId: 'corr_1' };
  await contractTestQueue('https://queues.example/tests')(order);
  expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual([
    {
      QueueUrl: 'https://queues.example/tests',
      MessageBody: JSON.stringify({ 'detail-type': 'maos.ContractTestOrdered', detail: order }),
    },
  ]);
  sqs.on(SendMessageCommand).rejects(new Error('no route'));
  await expect(contractTestQueue('https://queues.example/tests')(order)).rejects.toThrow('no route');
});
