import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import { PUBLISH_AGAIN, SWEEP_DUE } from '../../../functions/contracts/publish-again.ts';
import { commitOf } from '../../support/log/commits.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const logs = captureLogLines();
const dynamo = mockClient(DynamoDBDocumentClient);
const eventBridge = mockClient(EventBridgeClient);
const sqs = mockClient(SQSClient);

const VARIABLES = {
  [ENV.stage]: 'test',
  [ENV.subscriptionId]: 'sweep-events',
  [ENV.maxAttempts]: '3',
  [ENV.eventLogTable]: 'Log',
  [ENV.marksTable]: 'Marks',
  [ENV.eventBus]: 'maos-test',
  [ENV.deadLetterQueue]: 'https://queues.example/letters',
  [ENV.sourceQueue]: 'https://queues.example/inbox',
};
const commit = commitOf('task_1', 0, 'a secret text');

beforeEach(() => {
  for (const mock of [dynamo, eventBridge, sqs]) mock.reset();
  for (const [name, value] of Object.entries(VARIABLES)) vi.stubEnv(name, value);
  const item = { ...commit, events: [{ type: 'Noted', data: '{"text":"a secret text"}' }] };
  dynamo.on(QueryCommand).resolves({});
  dynamo.on(QueryCommand, { TableName: 'Log', ConsistentRead: true }).resolves({ Items: [item] });
  const ofShard = { ':shard': 'shard-5', ':position': '0' };
  dynamo.on(QueryCommand, { IndexName: 'byPosition', ExpressionAttributeValues: ofShard }).resolves({ Items: [item] });
  dynamo.on(GetCommand).resolves({});
  dynamo.on(BatchGetCommand).resolves({});
  dynamo.on(PutCommand).resolves({});
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const SCHEDULE = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** What the schedule sends, or another message. */
async function tick(receives = 1, message: object = SCHEDULE): Promise<number> {
  const { handler } = await import('../../../functions/events/handlers/sweep-events.handler.ts');
  const attributes = { ApproximateReceiveCount: String(receives) };
  const body = JSON.stringify(message);
  const messageAttributes = { 'maos-redrive-of': { stringValue: LETTER, dataType: 'String' } };
  const record = {
    messageId: 'm1',
    receiptHandle: 'handle',
    body,
    attributes,
    messageAttributes,
  } as unknown as SQSRecord;
  const response = (await handler({ Records: [record] }, {} as Context)) as SQSBatchResponse;
  return response.batchItemFailures.length;
}
const accepted = () => eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'x' }] });
const swept = () => logs.entries().filter((line) => 'SweptCommits' in line);
const puts = () => dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input);

describe('the sweep that the clock calls', () => {
  it('publishes an unmarked commit of the log, marks it and moves the checkpoint', async () => {
    accepted();
    expect(await tick()).toBe(0);
    expect(eventBridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries)).toMatchObject([
      [{ EventBusName: 'maos-test', DetailType: 'domain.Noted' }],
    ]);
    expect(puts()).toMatchObject([
      { TableName: 'Marks', Item: { aggregateId: 'task_1', version: 1, status: 'published' } },
      { TableName: 'Marks', Item: { aggregateId: 'sweep#shard-5', version: 0, position: commit.position } },
    ]);
  });

  it('tells of it by a metric of the stage and a line that names the commit, and never by its data', async () => {
    accepted();
    await tick();
    expect(swept()).toEqual([expect.objectContaining({ service: 'test', SweptCommits: 1 })]);
    expect(swept()[0]).toHaveProperty('_aws.CloudWatchMetrics', [
      { Namespace: 'MAOS', Dimensions: [['service']], Metrics: [{ Name: 'SweptCommits', Unit: 'Count' }] },
    ]);
    const { position, commitId } = commit;
    expect(logs.entries()).toContainEqual(
      expect.objectContaining({ message: 'Commit swept', position, commitId, correlationId: 'corr_task_1' }),
    );
    expect(logs.text()).not.toContain('a secret text');
  });

  it('says nothing where every commit is marked', async () => {
    dynamo.on(BatchGetCommand).resolves({ Responses: { Marks: [{ aggregateId: 'task_1', version: 1 }] } });
    expect(await tick()).toBe(0);
    expect([swept(), eventBridge.calls()]).toEqual([[], []]);
  });

  it('comes again where the bus is away, and at last leaves a letter that says why', async () => {
    eventBridge.on(PutEventsCommand).rejects(new Error('connect ECONNREFUSED'));
    expect(await tick(1)).toBe(1);
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)).toHaveLength(1);
    expect(await tick(3)).toBe(0);
    const error = '1 could not be swept; first: task_1 at version 1: ServiceUnavailable: connect ECONNREFUSED';
    const letters = sqs.commandCalls(SendMessageCommand).map(({ args }) => JSON.parse(args[0].input.MessageBody ?? ''));
    expect(letters).toMatchObject([{ subscriptionId: 'sweep-events', eventType: 'Scheduled Event', error }]);
    expect([puts(), swept()]).toEqual([[], []]);
    const { position } = commit;
    const line = { message: 'Commit not swept', position, cause: 'ServiceUnavailable: connect ECONNREFUSED' };
    expect(logs.entries()).toContainEqual(expect.objectContaining(line));
  });

  it('sends the letter of an event that the bus never takes to the same queue, in its name', async () => {
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'no' }] });
    expect(await tick()).toBe(0);
    const [letter] = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(letter?.QueueUrl).toBe('https://queues.example/letters');
    expect(JSON.parse(letter?.MessageBody ?? '')).toMatchObject({
      subscriptionId: 'sweep-events',
      eventType: 'domain.Noted',
    });
    expect(puts()[0]?.Item).toMatchObject({ status: 'failed' });
  });
});

describe('the letter of an event that the bus had refused', () => {
  const again = (version = 1) => ({ 'detail-type': PUBLISH_AGAIN, detail: { aggregateId: 'task_1', version } });

  it('has it published again and marked anew, however it was marked, and nothing swept', async () => {
    accepted();
    dynamo.on(BatchGetCommand).resolves({ Responses: { Marks: [{ aggregateId: 'task_1', version: 1 }] } });
    expect(await tick(1, again())).toBe(0);
    expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(1);
    expect(puts()).toMatchObject([{ TableName: 'Marks', Item: { aggregateId: 'task_1', status: 'published' } }]);
    expect(swept()).toEqual([]);
  });

  it('is followed by one that names it, where the bus refuses the event once more', async () => {
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'no' }] });
    expect(await tick(1, again())).toBe(0);
    const letters = sqs.commandCalls(SendMessageCommand).map(({ args }) => JSON.parse(args[0].input.MessageBody ?? ''));
    expect(letters).toMatchObject([{ eventType: 'domain.Noted', redriveOf: LETTER }]);
  });

  it('has the sweep look at once, where no event is known', async () => {
    accepted();
    expect(await tick(1, { 'detail-type': SWEEP_DUE, detail: {} })).toBe(0);
    expect(swept()).toHaveLength(1);
  });
});
