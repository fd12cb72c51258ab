import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '../../contracts/api/list.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import { transact, update } from '../../shared/platform/dynamo-transaction.ts';
import { commitWrite, tellCommitted } from '../../shared/platform/log/dynamo-event-log.ts';
import type { AgentPage, AgentRecord, AgentRegistration, AgentState } from './agent-state.ts';
import type { AgentTable } from './agent-table.ts';
import { agentKey } from './agent-table.ts';

type AgentRows = Pick<AgentState, 'saveAgent' | 'findAgent' | 'seeAgent' | 'listAgents'>;

export function dynamoAgents(at: AgentTable): AgentRows {
  return {
    saveAgent: (registration) => saveAgent(at, registration),
    findAgent: (agentId) => findAgent(at, agentId),
    seeAgent: (agentId, now) => seeAgent(at, agentId, now),
    listAgents: (page) => listAgents(at, page),
  };
}

const LIST = 'agents';
const sortOf = ({ createdAt, agentId }: Pick<AgentRecord, 'createdAt' | 'agentId'>): string =>
  `${createdAt}#${agentId}`;

async function saveAgent(
  { client, table, eventLog }: AgentTable,
  { agent, seen, commit }: AgentRegistration,
): Promise<boolean> {
  const { agentId, name, capabilities, maxConcurrency, keyId, lastSeenAt, createdAt } = agent;
  const now = { agentId, name, capabilities, maxConcurrency, keyId, lastSeenAt, version: commit.lastVersion };
  const first = { activeTasks: 0, createdAt, list: LIST, sort: sortOf(agent) };
  const sets = [
    ...Object.keys(now).map((name) => `#${name} = :${name}`),
    ...Object.keys(first).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
  ];
  const row = {
    TableName: table,
    Key: agentKey(agentId),
    UpdateExpression: `SET ${sets.join(', ')}`,
    ConditionExpression: seen === 0 ? 'attribute_not_exists(#version)' : '#version = :seen',
    ExpressionAttributeNames: prefixed('#', { ...now, ...first }, (name) => name),
    ExpressionAttributeValues: prefixed(':', { ...now, ...first, ...(seen > 0 && { seen }) }, (_, value) => value),
  };
  const written = await transact(client, () => [{ Update: row }, commitWrite(eventLog, commit)]);
  if (written) tellCommitted(commit);
  return written;
}

function prefixed<Value>(
  prefix: string,
  fields: Record<string, unknown>,
  value: (name: string, given: unknown) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).map(([name, given]) => [`${prefix}${name}`, value(name, given)]));
}

function agentOf({ pk: _, sk: __, list: ___, sort: ____, ...agent }: Record<string, unknown>): AgentRecord {
  return { version: 0, ...agent } as unknown as AgentRecord;
}

async function findAgent({ client, table }: AgentTable, agentId: string): Promise<AgentRecord | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: agentKey(agentId), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : agentOf(Item);
}

async function seeAgent({ client, table }: AgentTable, agentId: string, now: string): Promise<void> {
  await update(client, {
    TableName: table,
    Key: agentKey(agentId),
    UpdateExpression: 'SET lastSeenAt = :now',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':now': now },
  });
}

async function listAgents({ client, table }: AgentTable, { limit, cursor }: AgentPage): Promise<Page<AgentRecord>> {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'list',
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':list': LIST },
      ScanIndexForward: false,
      // One more than is asked for: only then is it known whether there is a next page.
      Limit: limit + 1,
      ...(cursor === undefined ? {} : { ExclusiveStartKey: startKey(placeOf(cursor, LIST, ['sort'])) }),
    }),
  );
  const items = Items.slice(0, limit).map(agentOf);
  const last = items.at(-1);
  const more = Items.length > limit || LastEvaluatedKey !== undefined;
  return { items, nextCursor: more && last !== undefined ? cursorTo(LIST, { sort: sortOf(last) }) : null };
}

function startKey({ sort }: { sort: string }): Record<string, string> {
  return { list: LIST, sort, ...agentKey(sort.slice(sort.indexOf('#') + 1)) };
}
