import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../../functions/shared/platform/dynamo-client.ts';
import { dynamoCommitFeed, FEED_PAGE, settledUntil } from '../../../../functions/shared/platform/log/commit-feed.ts';
import { commitWrite } from '../../../../functions/shared/platform/log/dynamo-event-log.ts';
import type { Commit } from '../../../../functions/shared/platform/log/event-log.ts';
import { LOG_SHARDS, shardOf } from '../../../../functions/shared/platform/log/log-shards.ts';
import { commitOf } from '../../../support/log/commits.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

const feed = dynamoCommitFeed(dynamoClient(), 'Log');
const AFTER = '2026-08-19T10:11:12.000Z';
const BEFORE = '2026-08-19T10:11:13.000Z';

/** A table that has these commits, whose index shows only the first so many of a shard. Rows come back in any order. */
function given(commits: readonly Commit[]): void {
  dynamo.on(QueryCommand).callsFake(async ({ ExpressionAttributeValues: values, Limit }) => {
    const own = commits.filter(({ aggregateId }) => shardOf(aggregateId) === values[':shard']);
    const behind = own.filter(({ position }) => position > values[':position']);
    return { Items: behind.sort((a, b) => (a.position < b.position ? -1 : 1)).slice(0, Limit) };
  });
  dynamo.on(BatchGetCommand).callsFake(async ({ RequestItems }) => {
    const rows = RequestItems.Log.Keys.map(({ aggregateId, version }: Commit) =>
      commits.find((one) => one.aggregateId === aggregateId && one.version === version),
    );
    return {
      Responses: {
        Log: rows.map((one: Commit) => ({ ...commitWrite('Log', one).Put.Item, position: one.position })).reverse(),
      },
    };
  });
}

const reads = () => dynamo.commandCalls(BatchGetCommand).map(({ args: [{ input }] }) => input.RequestItems?.Log);

describe('the feed of the log in DynamoDB', () => {
  it('asks every shard, reads what they show consistently, and gives it in order', async () => {
    const commits = ['a', 'b', 'c', 'd', 'e'].map((id) => commitOf(id, 0, 'x', 'y'));
    given(commits);
    expect(await feed.read(AFTER, BEFORE)).toEqual(commits);
    const asked = dynamo.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input.ExpressionAttributeValues);
    expect(asked).toEqual(LOG_SHARDS.map((shard) => ({ ':shard': shard, ':position': AFTER })));
    expect(reads()).toMatchObject([{ ConsistentRead: true }]);
  });

  it('gives a hundred at once, and those are the first of all shards', async () => {
    const commits = Array.from({ length: 250 }, (_, index) => commitOf(`agg_${1000 + index}`, 0, 'x'));
    given(commits);
    const page = await feed.read(AFTER, BEFORE);
    expect(page).toEqual(commits.slice(0, FEED_PAGE));
    expect(await feed.read(page.at(-1)?.position ?? '', BEFORE)).toEqual(commits.slice(FEED_PAGE, 2 * FEED_PAGE));
  });

  it('gives nothing from its end on, and reads nothing then', async () => {
    given([commitOf('a', 0, 'x')]);
    expect(await feed.read(AFTER, '2026-08-19T10:11:12.345Z')).toEqual([]);
    expect(reads()).toEqual([]);
  });

  it('ends five seconds ago', () => {
    expect(settledUntil('2026-08-19T10:00:02.500Z')).toBe('2026-08-19T09:59:57.500Z');
  });
});
