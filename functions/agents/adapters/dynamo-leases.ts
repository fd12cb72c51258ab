import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { transact, update } from '../../shared/platform/dynamo-transaction.ts';
import type { AgentState, LeaseRecord } from './agent-state.ts';
import type { AgentTable } from './agent-table.ts';
import { agentKey, leaseKey } from './agent-table.ts';

type LeaseRows = Pick<AgentState, 'openLease' | 'findLease' | 'prolong' | 'markLost' | 'closeLease' | 'expired'>;

/** `open` is a key of the index: its presence puts a lease there, and taking it away takes the lease out. */
const OPEN = 'leases';
const OPEN_NAME = { '#open': 'open' };

/** Later calls of a lease that has ended are told so for a day; then it is unknown. */
const KEPT_SECONDS = 24 * 3600;

export function dynamoLeases(at: AgentTable): LeaseRows {
  return {
    openLease: (lease) => openLease(at, lease),
    findLease: (leaseId) => findLease(at, leaseId),
    prolong: (lease, now, until) => prolong(at, lease, { now, until }),
    markLost: (lease) => markLost(at, lease),
    closeLease: (lease, how) => closeLease(at, lease, how),
    expired: (now, limit) => expired(at, now, limit),
  };
}

function openLease({ client, table }: AgentTable, lease: LeaseRecord): Promise<boolean> {
  const { open: _, lost: __, cancelled: ___, ...fields } = lease;
  const count = {
    TableName: table,
    Key: agentKey(lease.agentId),
    UpdateExpression: 'ADD activeTasks :one',
    ConditionExpression: 'activeTasks < maxConcurrency',
    ExpressionAttributeValues: { ':one': 1 },
  };
  const item = { ...leaseKey(lease.leaseId), ...fields, open: OPEN };
  return transact(client, [{ Update: count }, { Put: { TableName: table, Item: item } }]);
}

async function findLease({ client, table }: AgentTable, leaseId: string): Promise<LeaseRecord | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: leaseKey(leaseId), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : leaseOf(Item);
}

function leaseOf({ pk: _, sk: __, expiresAt: ___, open, lost, cancelled, ...lease }: Record<string, unknown>) {
  return { ...lease, open: open === OPEN, lost: lost === true, cancelled: cancelled === true } as LeaseRecord;
}

async function prolong(
  { client, table }: AgentTable,
  { leaseId, keyId }: Pick<LeaseRecord, 'leaseId' | 'keyId'>,
  { now, until }: { now: string; until: string },
): Promise<LeaseRecord | undefined> {
  const item = await update(client, {
    TableName: table,
    Key: leaseKey(leaseId),
    UpdateExpression: 'SET leaseUntil = :until',
    ConditionExpression:
      'keyId = :keyId AND leaseUntil > :now AND attribute_not_exists(lost) AND (attribute_exists(#open) OR cancelled = :yes)',
    ExpressionAttributeNames: OPEN_NAME,
    ExpressionAttributeValues: { ':keyId': keyId, ':now': now, ':until': until, ':yes': true },
  });
  return item === undefined ? undefined : leaseOf(item);
}

async function markLost({ client, table }: AgentTable, { leaseId, leaseUntil }: LeaseRecord): Promise<boolean> {
  const item = await update(client, {
    TableName: table,
    Key: leaseKey(leaseId),
    UpdateExpression: 'SET lost = :yes',
    ConditionExpression: 'leaseUntil = :seen AND attribute_exists(#open)',
    ExpressionAttributeNames: OPEN_NAME,
    ExpressionAttributeValues: { ':seen': leaseUntil, ':yes': true },
  });
  return item !== undefined;
}

async function closeLease(
  { client, table }: AgentTable,
  { leaseId, agentId }: Pick<LeaseRecord, 'leaseId' | 'agentId'>,
  { cancelled }: { cancelled: boolean },
): Promise<void> {
  const lease = {
    TableName: table,
    Key: leaseKey(leaseId),
    UpdateExpression: `SET expiresAt = :expiresAt${cancelled ? ', cancelled = :yes' : ''} REMOVE #open`,
    ConditionExpression: 'attribute_exists(#open)',
    ExpressionAttributeNames: OPEN_NAME,
    ExpressionAttributeValues: {
      ':expiresAt': Math.floor(Date.now() / 1000) + KEPT_SECONDS,
      ...(cancelled ? { ':yes': true } : {}),
    },
  };
  const count = {
    TableName: table,
    Key: agentKey(agentId),
    UpdateExpression: 'ADD activeTasks :less',
    ExpressionAttributeValues: { ':less': -1 },
  };
  await transact(client, [{ Update: lease }, { Update: count }]);
}

async function expired({ client, table }: AgentTable, now: string, limit: number): Promise<LeaseRecord[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'open',
      KeyConditionExpression: '#open = :open AND leaseUntil <= :now',
      ExpressionAttributeNames: OPEN_NAME,
      ExpressionAttributeValues: { ':open': OPEN, ':now': now },
      Limit: limit,
    }),
  );
  return Items.map(leaseOf);
}
