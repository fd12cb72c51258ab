import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ReadModel } from '../../../contracts/read-model.ts';
import { INDEX_SLOTS } from '../../../contracts/read-model.ts';
import type { Rows } from './dynamo-read-model-query.ts';
import { indexKey, partition, queryIndex } from './dynamo-read-model-query.ts';
import type { ReadModelStore, RowQuery, Versioned } from './read-models.ts';

interface Item {
  id: string;
  version: number;
  /** JSON text, for the reason that event data is: DynamoDB's own types can't hold all of JSON. */
  row: string;
}

/**
 * Read models in one DynamoDB table. Its indexes hold keys only, so a row that changes without changing a key costs one write;
 * lists read the rows themselves, and so never show an index's older copy.
 */
export function dynamoReadModels<Row extends object>(
  client: DynamoDBDocumentClient,
  table: string,
  model: ReadModel<Row>,
): ReadModelStore<Row> {
  const rows = { client, table, model };
  return {
    get: (id) => get(rows, id),
    put: (next, seen) => put(rows, next, seen),
    query: (query) => list(rows, query),
  };
}

async function get<Row>({ client, table, model }: Rows<Row>, id: string): Promise<Versioned<Row> | undefined> {
  const key = { id: `${partition(model)}#${id}` };
  const { Item: item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return item === undefined ? undefined : versioned<Row>(item as Item);
}

function versioned<Row>(item: Item): Versioned<Row> {
  return { row: JSON.parse(item.row) as Row, version: item.version };
}

async function put<Row>({ client, table, model }: Rows<Row>, next: Versioned<Row>, seen: number): Promise<boolean> {
  const condition = seen === 0 ? 'attribute_not_exists(id)' : 'version = :seen';
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: itemOf(model, next),
        ConditionExpression: condition,
        ...(seen === 0 ? {} : { ExpressionAttributeValues: { ':seen': seen } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function itemOf<Row>(model: ReadModel<Row>, { row, version }: Versioned<Row>): Record<string, unknown> {
  const id = model.idOf(row);
  const item: Record<string, unknown> = {
    id: `${partition(model)}#${id}`,
    version,
    row: JSON.stringify(row),
    list: partition(model),
    sort: `${model.sortKeyOf(row)}#${id}`,
  };
  for (const slot of INDEX_SLOTS) {
    const field = model.indexes[slot];
    const value = field === undefined ? null : row[field];
    if (value !== null && value !== undefined) item[slot] = indexKey(model, field as string, value);
  }
  return item;
}

/** How many index pages one call reads at most, so that a filter which matches next to nothing still answers in time. */
const MAX_PAGES = 10;

/** A Lambda's answer ends at 6 MB; a page of large rows ends before, and its cursor leads on. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

interface Found<Row> {
  row: Row;
  cursor: string;
  bytes: number;
}

/** Looks for one row more than is asked for: only then is it known whether there is a next page. */
async function list<Row extends object>(
  rows: Rows<Row>,
  query: RowQuery<Row>,
): Promise<{ items: Row[]; nextCursor: string | null }> {
  const found: Found<Row>[] = [];
  let next = query;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { entries, more } = await queryIndex(rows, { ...next, limit: query.limit + 1 - found.length });
    const read = await readRows<Row>(rows, entries);
    found.push(...read.filter(({ row }) => matches(row, query.where)));
    const fitting = firstThatFit(found, query.limit);
    if (fitting.length < found.length) return pageOf(fitting, fitting.at(-1)?.cursor);
    const cursor = entries.at(-1)?.cursor;
    if (!more || cursor === undefined) return pageOf(found, undefined);
    next = { ...query, cursor };
  }
  return pageOf(found, next.cursor);
}

function pageOf<Row>(found: readonly Found<Row>[], cursor: string | undefined) {
  return { items: found.map(({ row }) => row), nextCursor: cursor ?? null };
}

/** As many of the first rows as a page may hold; at least one, however large it is. */
function firstThatFit<Row>(found: readonly Found<Row>[], limit: number): Found<Row>[] {
  let bytes = 0;
  const end = found.findIndex((one, index) => {
    bytes += one.bytes;
    return index === limit || (index > 0 && bytes > MAX_PAGE_BYTES);
  });
  return found.slice(0, end === -1 ? found.length : end);
}

async function readRows<Row>(
  { client, table }: Rows<Row>,
  entries: readonly { id: string; cursor: string }[],
): Promise<Found<Row>[]> {
  const rows = new Map<string, { row: Row; bytes: number }>();
  let keys: Record<string, unknown>[] = entries.map(({ id }) => ({ id }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }),
    );
    for (const item of (Responses?.[table] ?? []) as Item[]) {
      rows.set(item.id, { row: versioned<Row>(item).row, bytes: Buffer.byteLength(item.row) });
    }
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length > 0) await sleep(Math.random() * 100);
  }
  return entries.flatMap(({ id, cursor }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...row, cursor }];
  });
}

function matches<Row extends object>(row: Row, where: Partial<Row>): boolean {
  return Object.entries(where).every(([field, value]) => (row as Record<string, unknown>)[field] === value);
}
