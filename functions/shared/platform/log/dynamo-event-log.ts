import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { NewEvent } from '../../kernel/decider.ts';
import { newLogger } from '../logger.ts';
import { parseJson } from '../parse-json.ts';
import type { Commit, EventLog, NewCommit, Stream } from './event-log.ts';
import { commitBehind, placedAt } from './event-log.ts';
import { shardOf } from './log-shards.ts';

const logger = newLogger();

/**
 * The log in DynamoDB: one item a commit, so one conditional put is the whole transaction.
 *
 * @param clock for tests
 */
export function dynamoEventLog(client: DynamoDBDocumentClient, table: string, clock: Partial<Clock> = {}): EventLog {
  const at = { client, table, now: () => Date.now(), putMs: PUT_MS, ...clock };
  return {
    load: (aggregateId) => load(client, table, aggregateId),
    append: (stream, commit) => appendInTime(at, stream, commit),
  };
}

interface Clock {
  /** In ms since 1970. */
  now(): number;
  /** How long the first put is waited for. */
  putMs: number;
}

async function load(client: DynamoDBDocumentClient, table: string, aggregateId: string): Promise<Stream> {
  const commits: Commit[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'aggregateId = :id',
      ExpressionAttributeValues: { ':id': aggregateId },
      ConsistentRead: true,
    },
  );
  for await (const page of pages) commits.push(...(page.Items ?? []).map(commitFromItem));
  return { aggregateId, version: commits.at(-1)?.lastVersion ?? 0, commits };
}

/**
 * Readers of the order take everything older than 5 s for written, so no commit may arrive later than this behind its place. A put that
 * lasts longer is given up and made again, with twice the time and a place that is so much later; where it arrived after all, the next one
 * meets it.
 */
const PUT_MS = 2000;
const MAX_PUTS = 3;

interface Table extends Clock {
  client: DynamoDBDocumentClient;
  table: string;
}

async function appendInTime(at: Table, stream: Stream, commit: NewCommit): Promise<Commit | 'conflict'> {
  for (let tried = 1; ; tried += 1) {
    const timeMs = at.putMs * 2 ** (tried - 1);
    const writtenAt = new Date(at.now() + timeMs - at.putMs).toISOString();
    const signal = AbortSignal.timeout(timeMs);
    try {
      return await append(at, commitBehind(stream, commit, writtenAt), signal);
    } catch (error) {
      if (!signal.aborted || tried === MAX_PUTS) throw error;
    }
  }
}

async function append(
  { client, table }: Table,
  commit: Commit,
  abortSignal: AbortSignal,
): Promise<Commit | 'conflict'> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        ...commitPut(commit),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { abortSignal },
    );
    tellCommitted(commit);
    return commit;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return winner(error, commit);
  }
}

/** Writes the line by which one correlation id leads through all functions: nothing is done that is not committed somewhere. */
export function tellCommitted({ aggregateId, version, commitId, events, metadata }: Commit): void {
  const { correlationId, causationId } = metadata;
  const types = events.map(({ type }) => type);
  logger.info('Committed', { aggregateId, version, commitId, events: types, correlationId, causationId });
}

/** A put whose answer was lost is sent again by the SDK and then meets itself: the same `commitId` means it was ours. */
function winner(error: ConditionalCheckFailedException, commit: Commit): Commit | 'conflict' {
  const stored = error.Item === undefined ? undefined : commitFromItem(unmarshall(error.Item));
  return stored?.commitId === commit.commitId ? stored : 'conflict';
}

/** Stores a commit where none stands, beside other writes of a transaction. Made for each try of it: the commit's place is that moment. */
export function commitWrite(
  table: string,
  commit: Commit,
): { Put: ReturnType<typeof commitPut> & { TableName: string } } {
  return { Put: { TableName: table, ...commitPut(placedAt(commit, new Date().toISOString())) } };
}

function commitPut(commit: Commit): { Item: Record<string, unknown>; ConditionExpression: string } {
  return { Item: itemFromCommit(commit), ConditionExpression: 'attribute_not_exists(aggregateId)' };
}

/** Event data is kept as JSON text: DynamoDB's own types refuse nesting over 32 levels and numbers over 1e125, JSON doesn't. */
function itemFromCommit(commit: Commit): Record<string, unknown> {
  const events = commit.events.map((event) => ({ type: event.type, data: JSON.stringify(event.data) }));
  return { ...commit, events, shard: shardOf(commit.aggregateId) };
}

/** Reads an item of the table or the image in a stream record. */
export function commitFromItem(item: Record<string, unknown>): Commit {
  const { shard: _, events, ...rest } = item as unknown as Commit & { shard: string };
  return { ...rest, events: (events as { type: string; data: unknown }[]).map(eventFromItem) };
}

function eventFromItem(event: { type: string; data: unknown }): NewEvent {
  return { type: event.type, data: parseJson(event.data as string, 'The data of an event') as object };
}
