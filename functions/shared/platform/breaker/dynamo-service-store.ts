import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { transact } from '../dynamo-transaction.ts';
import { commitWrite, tellCommitted } from '../log/dynamo-event-log.ts';
import { breakerCommit } from './breaker-commit.ts';
import type { BreakerRecord } from './breaker-record.ts';
import { UNTOUCHED } from './breaker-record.ts';
import { tellTurn } from './breaker-signals.ts';
import type { CallCounts, ServiceEntry, ServiceRegistration, ServiceStore } from './service-store.ts';

/** Whose beginning is `call#`, a caller reads all at once. */
export const PARTS = { registration: 'call#registration', breaker: 'call#breaker', counts: 'counts' } as const;

export interface ServiceTable {
  client: DynamoDBDocumentClient;
  /** The table of services, by `name` and `part`. */
  table: string;
  eventLog: string;
}

/** More rivals than this on one breaker at one moment, and something is wrong. */
const MAX_TRIES = 50;

/** The services' table: a breaker's row is changed only at the revision that was read, so no wish is lost and none is counted twice. */
export function dynamoServiceStore(at: ServiceTable): ServiceStore {
  return {
    find: (service) => find(at, service),
    async change(service, known, wish, correlationId) {
      let record = known;
      for (let reads = 0; reads < MAX_TRIES; reads += 1) {
        const wanted = wish(record);
        // What was known may be old: where it leaves nothing to do, the row has to say so too.
        if (wanted === record && reads > 0) return { record, changed: false };
        const next = { ...wanted, revision: record.revision + 1 };
        if (wanted !== record && (await write(at, service, { before: record, next, correlationId })))
          return { record: next, changed: true };
        record = (await find(at, service)).breaker;
      }
      throw new Error(`The breaker of ${service} kept changing.`);
    },
    count: (service, counts) => count(at, service, counts),
    counted: (service) => counted(at, service),
  };
}

async function find({ client, table }: ServiceTable, service: string): Promise<ServiceEntry> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#name = :name AND begins_with(part, :call)',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: { ':name': service, ':call': 'call#' },
      ConsistentRead: true,
    }),
  );
  const registration = Items.find(({ part }) => part === PARTS.registration);
  const breaker = Items.find(({ part }) => part === PARTS.breaker);
  return {
    ...(registration && { registration: registrationOf(registration) }),
    breaker: breaker === undefined ? UNTOUCHED : (breaker.record as BreakerRecord),
  };
}

export function registrationOf({
  part: _,
  list: __,
  sort: ___,
  ...item
}: Record<string, unknown>): ServiceRegistration {
  return item as unknown as ServiceRegistration;
}

interface Change {
  before: BreakerRecord;
  next: BreakerRecord;
  correlationId: string;
}

/**
 * The row and, where it turned, its history change together, so that neither tells what the other does not know. `false`: the row is not
 * as it was, and nothing was written. A transaction, also for one row: where its answer is lost the SDK sends it again, and DynamoDB
 * knows it by its token.
 */
async function write(
  { client, table, eventLog }: ServiceTable,
  service: string,
  { before, next, correlationId }: Change,
): Promise<boolean> {
  const isFirst = before.revision === 0;
  const row = {
    TableName: table,
    Item: { name: service, part: PARTS.breaker, revision: next.revision, record: next },
    ConditionExpression: isFirst ? 'attribute_not_exists(part)' : 'revision = :seen',
    ...(!isFirst && { ExpressionAttributeValues: { ':seen': before.revision } }),
  };
  if (next.version === before.version) return transact(client, [{ Put: row }]);
  const commit = breakerCommit(service, next, { commitId: randomUUID(), correlationId });
  const written = await transact(client, () => [{ Put: row }, commitWrite(eventLog, commit)]);
  if (written) {
    tellCommitted(commit);
    tellTurn(service, next, correlationId);
  }
  return written;
}

/** A transaction for its token: calls that were counted are not counted again where the SDK sends them again. */
async function count({ client, table }: ServiceTable, name: string, counts: CallCounts): Promise<void> {
  const { success, error, rejected } = counts;
  const update = {
    TableName: table,
    Key: { name, part: PARTS.counts },
    UpdateExpression: 'ADD success :success, #error :error, rejected :rejected',
    ExpressionAttributeNames: { '#error': 'error' },
    ExpressionAttributeValues: { ':success': success, ':error': error, ':rejected': rejected },
  };
  await transact(client, [{ Update: update }]);
}

async function counted({ client, table }: ServiceTable, name: string): Promise<CallCounts> {
  const { Item = {} } = await client.send(
    new GetCommand({ TableName: table, Key: { name, part: PARTS.counts }, ConsistentRead: true }),
  );
  const { success = 0, error = 0, rejected = 0 } = Item as Partial<CallCounts>;
  return { success, error, rejected };
}
