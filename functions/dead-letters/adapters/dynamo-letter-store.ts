import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DeadLetterRow } from '../../contracts/dead-letters.ts';
import { deadLetterModel } from '../../contracts/dead-letters.ts';
import { batchGet } from '../../shared/platform/batch-get.ts';
import { transact, update } from '../../shared/platform/dynamo-transaction.ts';
import { commitWrite, tellCommitted } from '../../shared/platform/log/dynamo-event-log.ts';
import { indexKey } from '../../shared/platform/read-models/dynamo-read-model-query.ts';
import type { RowItem } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { dynamoReadModels, itemOf, rowKey, versioned } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { letterWalk } from './dynamo-letter-walk.ts';
import type { FoundLetter, LetterClaim, LetterEnd, LetterStore } from './letter-store.ts';
import { claimUntil } from './letter-store.ts';

export interface LetterTables {
  client: DynamoDBDocumentClient;
  table: string;
  eventLog: string;
}

export function dynamoLetterStore(at: LetterTables): LetterStore {
  return {
    list: dynamoReadModels(at.client, at.table, deadLetterModel).query,
    find: (deadLetterIds) => find(at, deadLetterIds),
    walk: (where, order) => letterWalk(at, where, order),
    claim: (claim, now) => take(at, claim, now),
    release: (claim) => release(at, claim),
    close: (end) => close(at, end),
  };
}

type LetterItem = RowItem & { claimedUntil?: string };

const keyOf = (deadLetterId: string) => rowKey(deadLetterModel, deadLetterId);

function found(item: LetterItem): FoundLetter {
  const { claimedUntil } = item;
  return { ...versioned<DeadLetterRow>(item), ...(claimedUntil !== undefined && { claimedUntil }) };
}

async function find({ client, table }: LetterTables, deadLetterIds: readonly string[]) {
  const Keys = deadLetterIds.map(keyOf);
  const letters = (await batchGet<LetterItem>(client, table, { Keys, ConsistentRead: true })).map(found);
  return new Map(letters.map((letter) => [letter.row.deadLetterId, letter]));
}

/** Its own holder is let in again: a claim whose answer was lost is sent once more by the SDK. */
async function take(
  { client, table }: LetterTables,
  { deadLetterId, holder }: LetterClaim,
  now: string,
): Promise<FoundLetter | undefined> {
  const item = await update(client, {
    TableName: table,
    Key: keyOf(deadLetterId),
    UpdateExpression: 'SET claimedUntil = :until, claimHolder = :me',
    ConditionExpression:
      'index3 = :open AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now OR claimHolder = :me)',
    ExpressionAttributeValues: {
      ':until': claimUntil(now),
      ':me': holder,
      ':now': now,
      ':open': indexKey(deadLetterModel, 'status', 'open'),
    },
  });
  return item && found(item as unknown as LetterItem);
}

async function release({ client, table }: LetterTables, { deadLetterId, holder }: LetterClaim): Promise<void> {
  await update(client, {
    TableName: table,
    Key: keyOf(deadLetterId),
    UpdateExpression: 'REMOVE claimedUntil, claimHolder',
    ConditionExpression: 'claimHolder = :me',
    ExpressionAttributeValues: { ':me': holder },
  });
}

const KEPT_SECONDS = 90 * 24 * 3600;

/** By version alone, where somebody has sent it: that is so, whoever has claimed it since. */
async function close({ client, table, eventLog }: LetterTables, end: LetterEnd): Promise<boolean> {
  const { before, after, commit, unclaimedAt } = end;
  const expiresAt = Math.floor(Date.parse(after.closedAt ?? '') / 1000) + KEPT_SECONDS;
  const isUnclaimed = unclaimedAt !== undefined;
  const letter = {
    TableName: table,
    Item: { ...itemOf(deadLetterModel, { row: after, version: before.version + 1 }), expiresAt },
    ConditionExpression: `version = :seen${isUnclaimed ? ' AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)' : ''}`,
    ExpressionAttributeValues: { ':seen': before.version, ...(isUnclaimed && { ':now': unclaimedAt }) },
  };
  const written = await transact(client, () => [{ Put: letter }, commitWrite(eventLog, commit)]);
  if (written) tellCommitted(commit);
  return written;
}
