import { transact, update } from '../../shared/platform/dynamo-transaction.ts';
import { commitWrite, tellCommitted } from '../../shared/platform/log/dynamo-event-log.ts';
import type { DeliveryTable, StreamRows } from '../../shared/platform/webhooks/delivery-rows.ts';
import {
  DUE,
  deliveryItem,
  deliveryKey,
  parkedAt,
  readStream,
  streamKey,
} from '../../shared/platform/webhooks/delivery-rows.ts';
import type { Write } from '../../shared/platform/webhooks/delivery-store.ts';
import { unpark } from '../../shared/platform/webhooks/parked-streams.ts';
import type { Claim, DeliveryChange, DeliveryQueue } from './delivery-queue.ts';
import { claimUntil, soonAfter } from './delivery-queue.ts';

export interface DeliveryTables extends DeliveryTable {
  eventLog: string;
}

const DUE_NAME = { '#due': DUE };

export function dynamoDeliveryQueue(at: DeliveryTables): DeliveryQueue {
  return {
    claim: (stream, now) => claim(at, stream, now),
    renew: (claim, now) => renew(at, claim, now),
    read: (stream) => readStream(at, stream),
    record: (change) => record(at, change),
    release: (claim, read, dueAt) =>
      dueAt === undefined ? leave(at, claim, read) : letGo(at, claim, { dueAt, revision: read.revision }),
    park: (claim, { revision }, subscriptionId) =>
      letGo(at, claim, { due: parkedAt(subscriptionId), dueAt: claim.until, revision }),
    unpark: (stream, subscriptionId) => unpark(at, { stream, subscriptionId }, new Date().toISOString()),
    drop: async (claim, now) => void (await letGo(at, claim, { dueAt: now })),
  };
}

/** A transaction for its token: a claim whose answer is lost is sent again by the SDK, and must not shut itself out. */
async function claim({ client, table }: DeliveryTables, stream: string, now: string): Promise<Claim | undefined> {
  const until = claimUntil(now);
  const claimed = {
    TableName: table,
    Key: streamKey(stream),
    UpdateExpression: 'SET #due = :due, claimedUntil = :until, dueAt = :until',
    ConditionExpression:
      'attribute_exists(#due) AND dueAt <= :soon AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)',
    ExpressionAttributeNames: DUE_NAME,
    ExpressionAttributeValues: { ':due': DUE, ':until': until, ':soon': soonAfter(now), ':now': now },
  };
  return (await transact(client, [{ Update: claimed }])) ? { stream, until } : undefined;
}

async function renew(
  { client, table }: DeliveryTables,
  { stream, until }: Claim,
  now: string,
): Promise<Claim | undefined> {
  const renewed = claimUntil(now);
  const claimed = {
    TableName: table,
    Key: streamKey(stream),
    UpdateExpression: 'SET claimedUntil = :until, dueAt = :until',
    ConditionExpression: 'claimedUntil = :mine',
    ExpressionAttributeValues: { ':until': renewed, ':mine': until },
  };
  return (await transact(client, [{ Update: claimed }])) ? { stream, until: renewed } : undefined;
}

async function record({ client, table, eventLog }: DeliveryTables, change: DeliveryChange): Promise<boolean> {
  const { before, after, gone, onlyIfGone, commit } = change;
  const writes = (): Write[] => [
    {
      Put: {
        TableName: table,
        Item: deliveryItem(after, Date.now()),
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': before.revision },
      },
    },
    ...(gone ? [goneWrite(table, before.stream)] : []),
    ...(onlyIfGone ? [goneCheck(table, before.stream)] : []),
    ...(commit ? [commitWrite(eventLog, commit)] : []),
  ];
  const written = await transact(client, writes);
  if (written && commit) tellCommitted(commit);
  return written;
}

function goneWrite(table: string, stream: string): Write {
  return {
    Update: {
      TableName: table,
      Key: streamKey(stream),
      UpdateExpression: 'SET gone = :yes',
      ConditionExpression: 'attribute_exists(part)',
      ExpressionAttributeValues: { ':yes': true },
    },
  };
}

function goneCheck(table: string, stream: string): Write {
  return {
    ConditionCheck: {
      TableName: table,
      Key: streamKey(stream),
      ConditionExpression: 'gone = :yes',
      ExpressionAttributeValues: { ':yes': true },
    },
  };
}

type Read = Pick<StreamRows, 'revision' | 'lastCalled'>;

/**
 * A stream is done only if the message of its last call is: a query that runs beside a transaction may see the one row of it and not the
 * other (DynamoDB developer guide, "Isolation levels"), and a stream that is let go of for good is not looked at again.
 */
function leave(
  { client, table }: DeliveryTables,
  { stream, until }: Claim,
  { revision, lastCalled }: Read,
): Promise<boolean> {
  const released = {
    TableName: table,
    Key: streamKey(stream),
    UpdateExpression: 'REMOVE #due, dueAt, claimedUntil',
    ConditionExpression: 'claimedUntil = :mine AND revision = :seen',
    ExpressionAttributeNames: DUE_NAME,
    ExpressionAttributeValues: { ':mine': until, ':seen': revision },
  };
  const last = {
    TableName: table,
    Key: deliveryKey({ stream, seq: lastCalled }),
    ConditionExpression: '(attribute_not_exists(part) OR #status <> :pending)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':pending': 'pending' },
  };
  return transact(client, [{ Update: released }, { ConditionCheck: last }]);
}

/** Without a revision, whatever was given meanwhile. `due`: where the index has it from then on. */
async function letGo(
  { client, table }: DeliveryTables,
  { stream, until }: Claim,
  { dueAt, revision, due = DUE }: { dueAt: string; revision?: number; due?: string },
): Promise<boolean> {
  const isSeen = revision !== undefined;
  const released = await update(client, {
    TableName: table,
    Key: streamKey(stream),
    UpdateExpression: 'SET #due = :due, dueAt = :dueAt REMOVE claimedUntil',
    ConditionExpression: isSeen ? 'claimedUntil = :mine AND revision = :seen' : 'claimedUntil = :mine',
    ExpressionAttributeNames: DUE_NAME,
    ExpressionAttributeValues: { ':mine': until, ':due': due, ':dueAt': dueAt, ...(isSeen && { ':seen': revision }) },
  });
  return released !== undefined;
}
