import { DeleteCommand, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { FailedProjectionEvent } from '../../contracts/api/projection.ts';
import type { ProjectionName } from '../../contracts/projections.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import { update } from '../../shared/platform/dynamo-transaction.ts';
import type { ProjectionsTable } from '../../shared/platform/read-models/projections-table.ts';
import { beginningWith } from './projection-parts.ts';
import type { FailedEvents, Failing } from './projection-store.ts';

/**
 * Rows of a projection: `failed#<eventId>`, and one `error#<time>#<eventId>` for each failure, which goes by itself: so what is recent is
 * read without what is old.
 */
export function dynamoFailedEvents(at: ProjectionsTable): FailedEvents {
  return {
    record: (name, failing) => record(at, name, failing),
    settle: (name, eventId) => settle(at, name, eventId),
    page: (name, page) => pageOf(at, name, page),
    count: (name) => count(at, name),
    recentErrors: (name, since) => recentErrors(at, name, since),
  };
}

const FAILED = 'failed#';
const ERROR = 'error#';
/** Longer than errors count, by what clocks may differ. */
const ERROR_KEPT_S = 600;
/** Messages of errors are meant for people; one that carries a whole payload would not fit an item. */
const MAX_ERROR_CHARACTERS = 2000;

async function record({ client, table }: ProjectionsTable, name: ProjectionName, failing: Failing): Promise<void> {
  const { eventId, eventType, aggregateId, at } = failing;
  await update(client, {
    TableName: table,
    Key: { name, part: `${FAILED}${eventId}` },
    UpdateExpression:
      'SET eventType = :type, aggregateId = :of, message = :why, lastFailedAt = :at, ' +
      'firstFailedAt = if_not_exists(firstFailedAt, :at), failures = if_not_exists(failures, :none) + :one',
    ExpressionAttributeValues: {
      ':type': eventType,
      ':of': aggregateId,
      ':why': failing.error.slice(0, MAX_ERROR_CHARACTERS),
      ':at': at,
      ':none': 0,
      ':one': 1,
    },
  });
  const expiresAt = Math.floor(Date.parse(at) / 1000) + ERROR_KEPT_S;
  await client.send(new PutCommand({ TableName: table, Item: { name, part: `${ERROR}${at}#${eventId}`, expiresAt } }));
}

async function settle({ client, table }: ProjectionsTable, name: string, eventId: string): Promise<void> {
  await client.send(new DeleteCommand({ TableName: table, Key: { name, part: `${FAILED}${eventId}` } }));
}

async function pageOf(
  { client, table }: ProjectionsTable,
  name: ProjectionName,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  const list = `failed-events#${name}`;
  const start = cursor === undefined ? {} : { ExclusiveStartKey: { name, ...placeOf(cursor, list, ['part']) } };
  // One more than is asked for: only then is it known whether there is a next page.
  const { Items = [] } = await client.send(
    new QueryCommand({ ...beginningWith(table, name, FAILED), Limit: limit + 1, ...start }),
  );
  const items = Items.slice(0, limit);
  const last = items.at(-1);
  const more = Items.length > limit && last !== undefined;
  return { items: items.map(failedEvent), nextCursor: more ? cursorTo(list, { part: last.part as string }) : null };
}

function failedEvent(item: Record<string, unknown>): FailedProjectionEvent {
  const { part, message, failures, eventType, aggregateId, firstFailedAt, lastFailedAt } = item as Record<
    string,
    string
  >;
  return {
    eventId: (part as string).slice(FAILED.length),
    eventType,
    aggregateId,
    error: message,
    firstFailedAt,
    lastFailedAt,
    retryCount: Number(failures) - 1,
  } as FailedProjectionEvent;
}

async function count({ client, table }: ProjectionsTable, name: string): Promise<number> {
  let counted = 0;
  for await (const { Count = 0 } of paginateQuery(
    { client },
    { ...beginningWith(table, name, FAILED), Select: 'COUNT' },
  ))
    counted += Count;
  return counted;
}

async function recentErrors({ client, table }: ProjectionsTable, name: string, since: string): Promise<number> {
  const failing = new Set<string>();
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: '#name = :name AND #part BETWEEN :since AND :now',
      ExpressionAttributeNames: { '#name': 'name', '#part': 'part' },
      ExpressionAttributeValues: { ':name': name, ':since': `${ERROR}${since}`, ':now': `${ERROR}~` },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages)
    for (const { part } of Items) failing.add((part as string).slice(ERROR.length).split('#')[1] ?? '');
  return failing.size;
}
