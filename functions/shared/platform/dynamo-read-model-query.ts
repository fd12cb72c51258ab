import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { IndexSlot, ReadModel } from '../../contracts/read-model.ts';
import { INDEX_SLOTS } from '../../contracts/read-model.ts';
import { invalid } from '../kernel/errors.ts';
import type { RowQuery } from './read-models.ts';

/** One model's rows in the table. */
export interface Rows<Row> {
  client: DynamoDBDocumentClient;
  table: string;
  model: ReadModel<Row>;
}

type ModelName = Pick<ReadModel<never>, 'name' | 'generation'>;

/** `tasks#1`: begins every key of a model's generation. */
export function partition(model: ModelName): string {
  return `${model.name}#${model.generation}`;
}

/** `tasks#1#status#pending` */
export function indexKey(model: ModelName, field: string, value: unknown): string {
  return `${partition(model)}#${field}#${String(value)}`;
}

/** A row's place in an index; its cursor leads to what comes behind it. */
interface Entry {
  id: string;
  cursor: string;
}

/** BatchGetItem takes no more keys than this at once. */
const MAX_ENTRIES = 100;

/** One page of keys, through the first index that serves one of the filters, or else through all rows. */
export async function queryIndex<Row>(
  { client, table, model }: Rows<Row>,
  query: RowQuery<Row>,
): Promise<{ entries: Entry[]; more: boolean }> {
  const slot = INDEX_SLOTS.find((name) => filterValue(query, model.indexes[name]) !== undefined);
  const name: IndexSlot | 'list' = slot ?? 'list';
  const key = slot === undefined ? partition(model) : slotKey({ client, table, model }, slot, query);
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: name,
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': name },
      ExpressionAttributeValues: { ':key': key },
      ScanIndexForward: false,
      Limit: pageSize(query, slot === undefined ? 0 : 1),
      ...(query.cursor === undefined ? {} : { ExclusiveStartKey: startKey(query.cursor, name, key) }),
    }),
  );
  const entries = (Items ?? []).map((item) => ({ id: item.id as string, cursor: encodeCursor(item, key) }));
  return { entries, more: LastEvaluatedKey !== undefined };
}

/** Filters that the index does not serve leave an unknown part of a page: then it is as large as can be. */
function pageSize<Row>({ where, limit }: RowQuery<Row>, served: number): number {
  return Object.keys(where).length > served ? MAX_ENTRIES : Math.min(limit, MAX_ENTRIES);
}

function filterValue<Row>(query: RowQuery<Row>, field: (keyof Row & string) | undefined): unknown {
  return field === undefined ? undefined : query.where[field];
}

function slotKey<Row>({ model }: Rows<Row>, slot: IndexSlot, query: RowQuery<Row>): string {
  const field = model.indexes[slot] as keyof Row & string;
  return indexKey(model, field, query.where[field]);
}

/** The key goes along, so that a cursor of one list is refused by another instead of giving a wrong page. */
function encodeCursor(item: Record<string, unknown>, key: string): string {
  return Buffer.from(JSON.stringify([key, item.id, item.sort])).toString('base64url');
}

/** DynamoDB errs at a sort key that is longer, or at an empty key, which only a forged cursor can hold. */
const MAX_SORT_BYTES = 1024;

function startKey(cursor: string, name: string, key: string): Record<string, unknown> {
  const [from, id, sort = ''] = decodeCursor(cursor);
  if (from !== key || Buffer.byteLength(sort) > MAX_SORT_BYTES) throw badCursor();
  return { id, sort, [name]: key };
}

function decodeCursor(cursor: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 3 && parts.every(isText)) return parts;
  } catch {
    // Not JSON: the same answer as for every other cursor that this list did not give.
  }
  throw badCursor();
}

function isText(part: unknown): part is string {
  return typeof part === 'string' && part !== '';
}

function badCursor(): Error {
  return invalid([{ path: 'cursor', message: 'was not given by this list' }]);
}
