import { hash } from 'node:crypto';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Counts } from '../../kernel/projection.ts';
import { batchGet } from '../batch-get.ts';
import type { Rows } from './dynamo-read-model-query.ts';
import { countList, inList } from './dynamo-read-model-query.ts';

/** Before the name of each amount, so that none is taken for an attribute of ours. */
const AMOUNT = 'of_';

/** One item a key and part; its amounts are attributes, so that what leaves one and comes to another is one write. */
export function countUpdates<Row>(rows: Rows<Row>, rowId: string, changes: Counts) {
  const part = partOf(rows.model.countParts ?? 1, rowId);
  return Object.entries(changes).map(([key, change]) => countUpdate(rows, { key, part }, change));
}

/** A row adds to the same part always: what it took to one count, it takes from there again. */
function partOf(parts: number, rowId: string): number {
  return Number.parseInt(hash('sha256', rowId).slice(0, 8), 16) % parts;
}

interface Place {
  key: string;
  part: number;
}

function countUpdate<Row>({ table, model }: Rows<Row>, { key, part }: Place, change: Counts[string]) {
  const amounts = Object.entries(change);
  return {
    TableName: table,
    Key: idOf(model, { key, part }),
    UpdateExpression: `SET #list = :list, #sort = :sort, #key = :key ADD ${amounts.map((_, at) => `#a${at} :a${at}`).join(', ')}`,
    ExpressionAttributeNames: {
      '#list': 'list',
      '#sort': 'sort',
      '#key': 'key',
      ...Object.fromEntries(amounts.map(([name], at) => [`#a${at}`, `${AMOUNT}${name}`])),
    },
    ExpressionAttributeValues: {
      ':list': countList(model),
      ':sort': `${key}#${part}`,
      ':key': key,
      ...Object.fromEntries(amounts.map(([, by], at) => [`:a${at}`, by])),
    },
  };
}

function idOf(model: Rows<never>['model'], { key, part }: Place): { id: string } {
  return { id: `${countList(model)}#${key}#${part}` };
}

/** The sums over all parts. Which keys there are, an index tells, and so may lag; the amounts themselves are read consistently. */
export async function readCounts<Row>(rows: Rows<Row>, keys?: readonly string[]): Promise<Counts> {
  const Keys = keys === undefined ? await allIds(rows) : partsOf(rows, keys);
  const items = await batchGet<Record<string, unknown>>(rows.client, rows.table, { Keys, ConsistentRead: true });
  const counts = new Map<string, Record<string, number>>();
  for (const { key, ...item } of items) counts.set(key as string, added(counts.get(key as string) ?? {}, item));
  return Object.fromEntries(counts);
}

function added(sums: Record<string, number>, item: Record<string, unknown>): Record<string, number> {
  const amounts = Object.entries(item).filter(([name]) => name.startsWith(AMOUNT));
  const next = { ...sums };
  for (const [name, amount] of amounts) {
    const field = name.slice(AMOUNT.length);
    next[field] = (next[field] ?? 0) + (amount as number);
  }
  return next;
}

function partsOf<Row>({ model }: Rows<Row>, keys: readonly string[]): { id: string }[] {
  const parts = Array.from({ length: model.countParts ?? 1 }, (_, part) => part);
  return [...new Set(keys)].flatMap((key) => parts.map((part) => idOf(model, { key, part })));
}

async function allIds<Row>({ client, table, model }: Rows<Row>): Promise<{ id: string }[]> {
  const ids: { id: string }[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, inList(table, countList(model))))
    ids.push(...Items.map(({ id }) => ({ id: id as string })));
  return ids;
}
