import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Page } from '../../contracts/api/list.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import type { RequestRecord } from '../domain/request.ts';
import { timestamp } from '../domain/request.ts';
import type { RequestTable } from './request-rows.ts';
import { LIST, recordOf, sortOf } from './request-rows.ts';
import type { RequestLists, RequestPage } from './request-store.ts';

/** No request takes longer than hours, so older ones that have ended are gone; rows of theirs may stay, and are not walked through. */
const LOOKS_BACK_MS = 48 * 3_600_000;

/** Of a megabyte each. After a burst most of what it reads is gone for readers: then a page is short, and its cursor leads on. */
const MAX_PAGES = 10;

/** Before and behind every date. */
const [FIRST, LAST] = ['!', '~'];

export function dynamoRequestLists(at: RequestTable): RequestLists {
  return { list: (page) => listRequests(at, page) };
}

async function listRequests({ client, table }: RequestTable, page: RequestPage): Promise<Page<RequestRecord>> {
  const { limit, cursor, status } = page;
  const list = status === undefined ? LIST : `${LIST}/${status}`;
  const from = oldest(page);
  const to = cursor === undefined ? LAST : placeOf(cursor, list, ['sort']).sort;
  // DynamoDB errs at a range that ends before it begins.
  if (to < from) return { items: [], nextCursor: null };
  const { found, readTo } = await visible({ client, table }, query(page, from, to), limit);
  // The range holds the place of the cursor itself.
  const others = found.filter((request) => sortOf(request) !== to);
  const items = others.slice(0, limit);
  const last = others.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? readTo : sortOf(last);
  return { items, nextCursor: next === undefined ? null : cursorTo(list, { sort: next }) };
}

/** More than so many, where there are more. `readTo`: the place where the reading was broken off. */
async function visible({ client, table }: RequestTable, query: Omit<QueryCommandInput, 'TableName'>, limit: number) {
  const found: RequestRecord[] = [];
  let pages = 0;
  for await (const { Items = [], LastEvaluatedKey } of paginateQuery({ client }, { TableName: table, ...query })) {
    found.push(...Items.map(recordOf));
    pages += 1;
    if (found.length > limit + 1) break;
    if (pages === MAX_PAGES && LastEvaluatedKey) return { found, readTo: LastEvaluatedKey.sort as string };
  }
  return { found };
}

function oldest({ status, now }: RequestPage): string {
  return status === 'pending' || status === 'processing' ? FIRST : timestamp(now - LOOKS_BACK_MS);
}

/** Between two places rather than behind a key: an index takes no key from before its range. */
function query({ status, now }: RequestPage, from: string, to: string): Omit<QueryCommandInput, 'TableName'> {
  const [index, value] = status === undefined ? ['list', LIST] : ['byStatus', status];
  return {
    IndexName: index,
    KeyConditionExpression: '#index = :value AND #sort BETWEEN :from AND :to',
    FilterExpression: 'attribute_not_exists(goneAt) OR goneAt > :now',
    ExpressionAttributeNames: { '#index': index, '#sort': 'sort' },
    ExpressionAttributeValues: { ':value': value, ':from': from, ':to': to, ':now': timestamp(now) },
    ScanIndexForward: false,
  };
}
