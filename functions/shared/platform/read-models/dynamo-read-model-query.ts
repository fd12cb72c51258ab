import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { IndexSlot, ReadModel } from '../../../contracts/read-model.ts';
import { INDEX_SLOTS } from '../../../contracts/read-model.ts';
import { cursorTo, placeOf } from '../cursor.ts';
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

/** Where the items stand in the index `list` that no list of rows shows. */
export const unlisted = (model: ModelName): string => `${partition(model)}#unlisted`;
export const countList = (model: ModelName): string => `${partition(model)}#counts`;

/** Asks the index `list` for what stands there under this name. */
export function inList(table: string, list: string): QueryCommandInput {
  return {
    TableName: table,
    IndexName: 'list',
    KeyConditionExpression: '#list = :list',
    ExpressionAttributeNames: { '#list': 'list' },
    ExpressionAttributeValues: { ':list': list },
  };
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
      ...(query.cursor === undefined
        ? {}
        : { ExclusiveStartKey: { ...placeOf(query.cursor, key, ['id', 'sort']), [name]: key } }),
    }),
  );
  const entries = (Items ?? []).map((item) => ({
    id: item.id as string,
    cursor: cursorTo(key, { id: item.id as string, sort: item.sort as string }),
  }));
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
