import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../../../functions/shared/platform/log/dynamo-event-log.ts';
import type { Commit } from '../../../../functions/shared/platform/log/event-log.ts';
import { commitOf } from '../../../support/log/commits.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

const commit = commitOf('task_1', 2, 'a', 'b');
const log = dynamoEventLog(dynamoClient(), 'Log', { now: () => Date.parse(commit.committedAt) });
const append = () => log.append({ aggregateId: 'task_1', version: 2, commits: [] }, commit);
const stored = { ...commit, shard: 'shard-1', events: [{ type: 'Noted', data: '{"text":"a"}' }] };
const refused = (item?: object) =>
  new ConditionalCheckFailedException({ message: 'x', $metadata: {}, ...(item && { Item: marshall(item) }) });
const put = () => dynamo.commandCalls(PutCommand)[0]?.args[0].input;

describe('an append to DynamoDB', () => {
  it('is one conditional put of one item, its data as text', async () => {
    expect(await append()).toEqual(commit);
    expect(put()).toMatchObject({
      TableName: 'Log',
      ConditionExpression: 'attribute_not_exists(aggregateId)',
      Item: {
        aggregateId: 'task_1',
        version: 3,
        lastVersion: 4,
        events: [{ data: '{"text":"a"}' }, { data: '{"text":"b"}' }],
      },
    });
    expect(dynamo.calls()).toHaveLength(1);
  });

  it('spreads aggregates over eight shards, always the same for one', async () => {
    for (let index = 0; index < 200; index += 1) {
      await log.append({ aggregateId: `task_${index % 100}`, version: 0, commits: [] }, commit);
    }
    const shards = dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input.Item?.shard as string);
    expect(shards.slice(100)).toEqual(shards.slice(0, 100));
    expect([...new Set(shards)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((shard) => `shard-${shard}`));
  });

  it.each([
    ['another commit stands there', refused({ ...stored, commitId: 'other' })],
    ['nobody says what stands there', refused()],
  ])('is a conflict where %s', async (_what, error) => {
    dynamo.on(PutCommand).rejects(error);
    expect(await append()).toBe('conflict');
  });

  it('is done where its own commit stands there', async () => {
    dynamo.on(PutCommand).rejects(refused(stored));
    expect(await append()).toEqual({ ...commit, events: [{ type: 'Noted', data: { text: 'a' } }] });
  });

  it('has its place by the moment of the put, however long the decision took', async () => {
    const at = (time: string) => dynamoEventLog(dynamoClient(), 'Log', { now: () => Date.parse(time) });
    const stream = { aggregateId: 'task_1', version: 2, commits: [] };
    const placed = await at('2026-08-19T10:12:00.000Z').append(stream, commit);
    expect(placed).toMatchObject({
      committedAt: commit.committedAt,
      position: '2026-08-19T10:12:00.000Z_task_1_000000003',
    });
    const behind = { ...stream, version: 4, commits: [placed as Commit] };
    const next = await at('2026-08-19T10:11:59.000Z').append(behind, commit);
    expect(next).toMatchObject({ position: '2026-08-19T10:12:00.000Z_task_1_000000005' });
  });

  it('is made again at a later place where it hangs, and meets itself where it arrived after all', async () => {
    const slow = dynamoEventLog(dynamoClient(), 'Log', {
      now: () => Date.parse('2026-08-19T10:12:00.000Z'),
      putMs: 20,
    });
    const hangs = () => new Promise((_, reject) => setTimeout(() => reject(new Error('Request aborted')), 40));
    dynamo.on(PutCommand).callsFakeOnce(hangs).rejects(refused(stored));
    const done = await slow.append({ aggregateId: 'task_1', version: 2, commits: [] }, commit);
    expect(done).toMatchObject({ commitId: commit.commitId, position: stored.position });
    const positions = dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input.Item?.position as string);
    expect(positions.map((one) => one.slice(0, 24))).toEqual(['2026-08-19T10:12:00.000Z', '2026-08-19T10:12:00.020Z']);
  });

  it('fails with every other error', async () => {
    dynamo.on(PutCommand).rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    await expect(append()).rejects.toThrow('slow down');
  });
});

describe('a load from DynamoDB', () => {
  it('is consistent, and follows every page', async () => {
    const page = (version: number) => ({ Items: [{ ...stored, version, lastVersion: version }] });
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ ...page(1), LastEvaluatedKey: { aggregateId: 'task_1', version: 1 } })
      .resolvesOnce({ ...page(2), LastEvaluatedKey: { aggregateId: 'task_1', version: 2 } })
      .resolves({ Items: [] });
    const stream = await log.load('task_1');
    expect([stream.version, stream.commits.map(({ version }) => version)]).toEqual([2, [1, 2]]);
    const inputs = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true, true]);
  });

  it('fails over an event that is not JSON, and quotes nothing of it', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [{ ...stored, events: [{ type: 'Noted', data: 'a secret text' }] }] });
    await expect(log.load('task_1')).rejects.toThrow(/^The data of an event is not JSON\.$/);
  });
});
