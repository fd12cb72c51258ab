import { transact } from '../dynamo-transaction.ts';
import type { DeliveryRecord } from './deliveries.ts';
import { givenDelivery, replayedDelivery, unknownDelivery } from './delivery-changes.ts';
import type { DeliveryTable } from './delivery-rows.ts';
import { DUE, deliveryItem, deliveryKey, readStream, streamItem, streamKey } from './delivery-rows.ts';
import type { DeliveryStore, DeliveryWrites, Write } from './delivery-store.ts';

/** More rivals than this on one message at one moment, and something is wrong. */
const MAX_TRIES = 10;

/** The messages' table, for those who give them and those who ask what became of them. */
export function dynamoDeliveryStore(at: DeliveryTable): DeliveryStore {
  return {
    ...dynamoDeliveryWrites(at),
    async load(stream) {
      const rows = await readStream(at, stream);
      return rows && { stream: rows.stream, lastGiven: rows.lastGiven, deliveries: rows.deliveries };
    },
    replay: (delivery, now) => replay(at, delivery, now),
  };
}

/** For those who only give messages. */
export function dynamoDeliveryWrites({ table }: Pick<DeliveryTable, 'table'>): DeliveryWrites {
  return {
    open: (stream) => [
      {
        Put: {
          TableName: table,
          Item: streamItem(stream, Date.now()),
          ConditionExpression: 'attribute_not_exists(part)',
        },
      },
    ],
    add: (delivery) => [
      {
        Put: {
          TableName: table,
          Item: deliveryItem(givenDelivery(delivery), Date.now()),
          ConditionExpression: 'attribute_not_exists(part)',
        },
      },
      called(table, delivery, { dueAt: delivery.createdAt, isNew: true }),
    ],
  };
}

/**
 * Has the stream looked at: a message was given, or is to go out again. Then somebody wants it sent, so the receiver's word that it is gone
 * holds no longer. Whoever is sending meets the new revision before letting go of it.
 */
function called(
  table: string,
  { stream, seq }: Pick<DeliveryRecord, 'stream' | 'seq'>,
  { dueAt, isNew }: { dueAt: string; isNew: boolean },
): Write {
  const what = isNew ? ', lastGiven = :seq' : 'REMOVE gone';
  return {
    Update: {
      TableName: table,
      Key: streamKey(stream),
      UpdateExpression: `SET #due = :due, dueAt = :dueAt, lastCalled = :seq ${what} ADD revision :one`,
      ConditionExpression: 'attribute_exists(part)',
      ExpressionAttributeNames: { '#due': DUE },
      ExpressionAttributeValues: { ':due': DUE, ':dueAt': dueAt, ':one': 1, ':seq': seq },
    },
  };
}

async function replay(at: DeliveryTable, known: DeliveryRecord, now: string): Promise<DeliveryRecord> {
  let delivery = known;
  for (let tried = 0; tried < MAX_TRIES; tried += 1) {
    const replayed = replayedDelivery(delivery, now);
    const writes = [moved(at.table, delivery, replayed), called(at.table, delivery, { dueAt: now, isNew: false })];
    if (await transact(at.client, writes)) return replayed;
    delivery = await reread(at, delivery);
  }
  throw new Error(`The delivery ${known.deliveryId} kept changing.`);
}

function moved(
  table: string,
  before: DeliveryRecord,
  { status, tries, nextAttemptAt, revision }: DeliveryRecord,
): Write {
  return {
    Update: {
      TableName: table,
      Key: deliveryKey(before),
      UpdateExpression:
        'SET #status = :status, tries = :tries, nextAttemptAt = :next, revision = :revision REMOVE expiresAt',
      ConditionExpression: 'revision = :seen',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':status': status,
        ':tries': tries,
        ':next': nextAttemptAt,
        ':revision': revision,
        ':seen': before.revision,
      },
    },
  };
}

async function reread(at: DeliveryTable, delivery: DeliveryRecord): Promise<DeliveryRecord> {
  const rows = await readStream(at, delivery.stream);
  const found = rows?.deliveries.find(({ seq }) => seq === delivery.seq);
  if (found === undefined) throw unknownDelivery(delivery);
  return found;
}
