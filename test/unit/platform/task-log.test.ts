import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskLogLine } from '../../../functions/shared/platform/task-log.ts';
import { taskLog } from '../../../functions/shared/platform/task-log.ts';

interface Item extends TaskLogLine {
  taskId: string;
  at: string;
  expiresAt: number;
}
interface Query {
  ExpressionAttributeValues: Record<string, string>;
  ExclusiveStartKey?: Item;
  Limit: number;
}
type Requests = { PutRequest: { Item: Item } }[];

const BATCH = 25;
const NOW = '2026-08-19T10:00:00.000Z';
const dynamo = mockClient(DynamoDBDocumentClient);
const log = taskLog(dynamo as unknown as DynamoDBDocumentClient, 'Lines');

let items: Item[];
let batches: number[];
/** How many items the next batch takes. */
let room: number;
beforeEach(() => {
  items = [];
  batches = [];
  room = BATCH;
  dynamo.reset();
  dynamo.on(BatchWriteCommand).callsFake(({ RequestItems }: { RequestItems: { Lines: Requests } }) => {
    batches.push(RequestItems.Lines.length);
    items.push(...RequestItems.Lines.slice(0, room).map(({ PutRequest }) => PutRequest.Item));
    const rest = RequestItems.Lines.slice(room);
    room = BATCH;
    return rest.length === 0 ? {} : { UnprocessedItems: { Lines: rest } };
  });
  dynamo.on(QueryCommand).callsFake(query);
});

/** As DynamoDB reads the lines of a task. */
function query({ ExpressionAttributeValues: values, ExclusiveStartKey: after, Limit }: Query) {
  const found = items
    .filter((item) => item.taskId === values[':taskId'])
    .filter((item) => after === undefined || item.at > after.at)
    .sort((one, other) => (one.at < other.at ? -1 : 1));
  const page = found.slice(0, Limit);
  return { Items: page, ...(page.length < found.length && { LastEvaluatedKey: page.at(-1) }) };
}

async function all(taskId: string, limit: number): Promise<TaskLogLine[]> {
  const lines: TaskLogLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await log.page(taskId, { limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    lines.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return lines;
}

const lines = (count: number, timestamp = NOW): TaskLogLine[] =>
  Array.from({ length: count }, (_, index) => ({ timestamp, line: `${index}` }));

describe('what agents tell', () => {
  it('comes back in their order, oldest first, whatever the pages', async () => {
    const told = [...lines(12), { timestamp: '2026-08-19T10:00:01.000Z', progress: 0 }];
    await log.append('task_1', told.slice(0, 12));
    await log.append('task_1', told.slice(12));
    await log.append('task_2', lines(1));
    for (const limit of [1, 5, 13, 100]) expect(await all('task_1', limit)).toEqual(told);
    expect(await all('task_3', 5)).toEqual([]);
  });

  it('ends with a null cursor, also where its last page is full', async () => {
    await log.append('task_1', lines(4));
    const first = await log.page('task_1', { limit: 2 });
    const second = await log.page('task_1', { limit: 2, cursor: first.nextCursor ?? undefined });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 2, null]);
  });

  it('never writes over what was told at the same moment', async () => {
    await log.append('task_1', lines(2));
    await log.append('task_1', lines(2));
    expect(new Set(items.map(({ at }) => at)).size).toBe(4);
  });

  it('goes in as few writes as DynamoDB takes, and none where there is nothing', async () => {
    await log.append('task_1', []);
    await log.append('task_1', lines(51));
    expect(batches).toEqual([25, 25, 1]);
  });

  it('is written again where DynamoDB had no room for it', async () => {
    room = 1;
    await log.append('task_1', lines(3));
    expect(await all('task_1', 100)).toEqual(lines(3));
    expect(batches).toEqual([3, 2]);
  });

  it('is gone after 90 days', async () => {
    await log.append('task_1', lines(1));
    expect(items[0]?.expiresAt).toBe(Date.parse('2026-11-17T10:00:00.000Z') / 1000);
  });

  it("refuses the cursor of another task's log", async () => {
    await log.append('task_1', lines(2));
    const { nextCursor } = await log.page('task_1', { limit: 1 });
    const refusal = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };
    const page = { limit: 1, cursor: nextCursor ?? '' };
    await expect(log.page('task_2', page)).rejects.toMatchObject(refusal);
  });
});
