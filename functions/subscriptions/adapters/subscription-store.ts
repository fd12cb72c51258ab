import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { put, transact, update } from '../../shared/platform/dynamo-transaction.ts';
import type { SubscriptionTable } from '../../shared/platform/subscriptions/subscription-states.ts';
import { subscriptionKey } from '../../shared/platform/subscriptions/subscription-states.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';

/** What may change of a subscription; `undefined` takes it away. */
export type SubscriptionChange = {
  [Field in 'isPaused' | 'resumedAt' | 'isEnding' | 'updatedAt' | 'ruleAt' | 'catchUpFrom' | 'isReady']?:
    | SubscriptionRecord[Field]
    | undefined;
};

/** What must still be so. */
export type Seen = { [Field in 'ruleAt' | 'resumedAt']?: string };

/** Subscriptions, few enough to be read all at once. Everything is consistent. */
export interface SubscriptionStore {
  /** `exists`: there is one of this id; `full`: there are too many. Nothing was written then. */
  create(subscription: SubscriptionRecord): Promise<'created' | 'exists' | 'full'>;
  find(subscriptionId: string): Promise<SubscriptionRecord | undefined>;
  all(): Promise<SubscriptionRecord[]>;
  /**
   * As it is then. `undefined`: there is none, or it is not as it was seen.
   *
   * @param seen what the change is about: a rule, a resumption
   */
  change(subscriptionId: string, change: SubscriptionChange, seen?: Seen): Promise<SubscriptionRecord | undefined>;
  remove(subscriptionId: string): Promise<void>;
  /** When all rules were looked after last: ISO 8601, UTC. */
  lastKept(): Promise<string | undefined>;
  kept(at: string): Promise<void>;
}

/** Below the 300 rules that a bus takes (EventBridge quotas), some of which are the product's own. */
export const MAX_SUBSCRIPTIONS = 250;

const COUNT = { kind: 'count', id: 'subscriptions' };
const KEPT = { kind: 'kept', id: 'subscriptions' };

export function dynamoSubscriptionStore(at: SubscriptionTable): SubscriptionStore {
  const { client, table: TableName } = at;
  const find = async (subscriptionId: string) => {
    const get = new GetCommand({ TableName, Key: subscriptionKey(subscriptionId), ConsistentRead: true });
    const { Item } = await client.send(get);
    return Item && recordOf(Item);
  };
  return {
    find,
    all: () => all(at),
    async create(subscription) {
      if (await transact(client, creation(TableName, subscription))) return 'created';
      return (await find(subscription.subscriptionId)) === undefined ? 'full' : 'exists';
    },
    async change(subscriptionId, change, seen) {
      const row = { TableName, Key: subscriptionKey(subscriptionId) };
      const changed = await update(client, { ...row, ...expressionOf(change, seen) });
      return changed && recordOf(changed);
    },
    async remove(subscriptionId) {
      const Key = subscriptionKey(subscriptionId);
      await transact(client, [
        { Delete: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } },
        {
          Update: {
            TableName,
            Key: COUNT,
            UpdateExpression: 'ADD made :less',
            ExpressionAttributeValues: { ':less': -1 },
          },
        },
      ]);
    },
    async lastKept() {
      const { Item } = await client.send(new GetCommand({ TableName, Key: KEPT, ConsistentRead: true }));
      return Item?.keptAt as string | undefined;
    },
    async kept(keptAt) {
      await put(client, { TableName, Item: { ...KEPT, keptAt } });
    },
  };
}

/** The count goes along, so that calls beside each other cannot make more than there may be. */
function creation(TableName: string, subscription: SubscriptionRecord): Parameters<typeof transact>[1] {
  return [
    { Put: { TableName, Item: itemOf(subscription), ConditionExpression: 'attribute_not_exists(id)' } },
    {
      Update: {
        TableName,
        Key: COUNT,
        UpdateExpression: 'ADD made :one',
        ConditionExpression: '(attribute_not_exists(made) OR made < :max)',
        ExpressionAttributeValues: { ':one': 1, ':max': MAX_SUBSCRIPTIONS },
      },
    },
  ];
}

async function all({ client, table }: SubscriptionTable): Promise<SubscriptionRecord[]> {
  const found: SubscriptionRecord[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': subscriptionKey('').kind },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) found.push(...Items.map(recordOf));
  return found;
}

/** The filter as text: DynamoDB's own types refuse nesting over 32 levels. */
function itemOf({ subscriptionId, filter, ...rest }: SubscriptionRecord): Record<string, unknown> {
  const text = filter === undefined ? {} : { filter: JSON.stringify(filter) };
  return { ...subscriptionKey(subscriptionId), ...rest, ...text };
}

function recordOf({ kind: _, id, filter, ...rest }: Record<string, unknown>): SubscriptionRecord {
  const parsed = filter === undefined ? {} : { filter: JSON.parse(filter as string) };
  return { ...(rest as unknown as SubscriptionRecord), subscriptionId: id as string, ...parsed };
}

function expressionOf(change: SubscriptionChange, seen: Seen = {}) {
  const entries = Object.entries(change);
  const set = entries.filter(([, value]) => value !== undefined);
  const sets = set.map(([name]) => `${name} = :${name}`).join(', ');
  const removes = entries.flatMap(([name, value]) => (value === undefined ? [name] : [])).join(', ');
  const asSeen = Object.keys(seen).map((name) => `${name} = :seen_${name}`);
  const values = [
    ...set.map(([name, value]) => [`:${name}`, value]),
    ...Object.entries(seen).map(([name, value]) => [`:seen_${name}`, value]),
  ];
  return {
    UpdateExpression: [sets && `SET ${sets}`, removes && `REMOVE ${removes}`].filter(Boolean).join(' '),
    ConditionExpression: ['attribute_exists(id)', ...asSeen].join(' AND '),
    // DynamoDB takes no empty list of values.
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}
