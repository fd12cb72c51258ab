import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ReadModel } from '../../../contracts/read-model.ts';
import { INDEX_SLOTS } from '../../../contracts/read-model.ts';
import type { Counts } from '../../kernel/projection.ts';
import { batchGet } from '../batch-get.ts';
import { put as putItem, transact, unmoved } from '../dynamo-transaction.ts';
import { countUpdates, readCounts } from './dynamo-counts.ts';
import type { Rows } from './dynamo-read-model-query.ts';
import { indexKey, partition, queryIndex, unlisted } from './dynamo-read-model-query.ts';
import type { ReadModelStore, RowQuery, Versioned } from './read-models.ts';

export interface RowItem {
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
    put: (next, seen, changes = {}) => put(rows, next, { seen, changes }),
    query: (query) => list(rows, query),
    counts: (keys) => readCounts(rows, keys),
  };
}

async function get<Row>({ client, table, model }: Rows<Row>, id: string): Promise<Versioned<Row> | undefined> {
  const call = new GetCommand({ TableName: table, Key: rowKey(model, id), ConsistentRead: true });
  const { Item: item } = await client.send(call);
  return item === undefined ? undefined : versioned<Row>(item as RowItem);
}

export function rowKey<Row>(model: ReadModel<Row>, id: string): { id: string } {
  return { id: `${partition(model)}#${id}` };
}

export function versioned<Row>(item: RowItem): Versioned<Row> {
  return { row: JSON.parse(item.row) as Row, version: item.version };
}

interface Move {
  seen: number;
  changes: Counts;
}

/** A row alone is one write; counts that change with it make it a transaction, which costs twice as much. */
async function put<Row>(rows: Rows<Row>, next: Versioned<Row>, { seen, changes }: Move): Promise<boolean> {
  const { client, table, model } = rows;
  const row = {
    TableName: table,
    Item: itemOf(model, next),
    ...unmoved('version', seen, 'id'),
  };
  const counts = countUpdates(rows, model.idOf(next.row), changes);
  if (counts.length === 0) return putItem(client, row);
  return transact(client, [{ Put: row }, ...counts.map((Update) => ({ Update }))]);
}

/** The item that keeps a row, and stands in its indexes. */
export function itemOf<Row>(model: ReadModel<Row>, { row, version }: Versioned<Row>): Record<string, unknown> {
  const id = model.idOf(row);
  const sort = `${model.sortKeyOf(row)}#${id}`;
  const item: Record<string, unknown> = { ...rowKey(model, id), version, row: JSON.stringify(row), sort };
  if (model.isListed?.(row) === false) return { ...item, list: unlisted(model) };
  item.list = partition(model);
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
  const items = await batchGet<RowItem>(client, table, { Keys: entries.map(({ id }) => ({ id })) });
  const rows = new Map(
    // An answer is JSON text in JSON text.
    items.map((item) => [
      item.id,
      { row: versioned<Row>(item).row, bytes: Buffer.byteLength(JSON.stringify(item.row)) },
    ]),
  );
  return entries.flatMap(({ id, cursor }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...row, cursor }];
  });
}

function matches<Row extends object>(row: Row, where: Partial<Row>): boolean {
  return Object.entries(where).every(([field, value]) => (row as Record<string, unknown>)[field] === value);
}
