import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Record<string, unknown>;
type Values = Parameters<typeof unmarshall>[0];
interface Input {
  Item?: Values;
  Key?: Values;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Values;
}

/**
 * A DynamoDB table with the key `id` behind every client of the test file, as far as conditional puts and plain updates go. It
 * cannot be read, and deletes nothing by itself, as DynamoDB may take two days to.
 */
export function memoryTable() {
  const items = new Map<string, Item>();
  const failures = new Map<keyof typeof answers, Error>();
  const mock = mockClient(DynamoDBClient);
  const answers = {
    put: async (input: Input) => put(items, input),
    update: async ({ Key, UpdateExpression = '', ...input }: Input) => {
      const id = keyOf(Key);
      const changes = UpdateExpression.replace('SET ', '').split(', ');
      const pairs = changes.map((one) => one.split(' = ') as [string, string]);
      const changed = pairs.map(([name, value]) => [nameIn(input, name), valueIn(input, value)]);
      items.set(id, { id, ...items.get(id), ...Object.fromEntries(changed) });
      return {};
    },
    delete: async ({ Key }: Input) => {
      items.delete(keyOf(Key));
      return {};
    },
  };
  const answering = (kind: keyof typeof answers) => async (input: Input) => {
    const failure = failures.get(kind);
    failures.delete(kind);
    if (failure) throw failure;
    return answers[kind](input);
  };
  mock.on(PutItemCommand).callsFake(answering('put'));
  mock.on(UpdateItemCommand).callsFake(answering('update'));
  mock.on(DeleteItemCommand).callsFake(answering('delete'));
  /** The next call of this kind fails. */
  const failNext = (kind: keyof typeof answers) => failures.set(kind, new Error('slow down'));
  return { items, mock, failNext };
}

function put(items: Map<string, Item>, input: Input) {
  const item = unmarshall(input.Item ?? {});
  const old = items.get(item.id);
  if (!holds(input.ConditionExpression ?? '', old ?? {}, input)) {
    const $metadata = { httpStatusCode: 400 };
    throw new ConditionalCheckFailedException({ message: 'no', $metadata, ...(old && { Item: marshall(old) }) });
  }
  items.set(item.id, item);
  return {};
}

const keyOf = (key: Values = {}): string => unmarshall(key).id;

/** `a OR b OR (c AND d)`. */
function holds(condition: string, item: Item, input: Input): boolean {
  const alternatives = condition.split(' OR ').map((one) => one.replace(/^\((.*)\)$/, '$1').split(' AND '));
  return alternatives.some((all) => all.every((one) => isTrue(one, item, input)));
}

function isTrue(term: string, item: Item, input: Input): boolean {
  const [, prefix, asked] = /^attribute_(not_)?exists\((.+)\)$/.exec(term) ?? [];
  if (asked !== undefined) return nameIn(input, asked) in item === (prefix === undefined);
  const [, name, operator, value] = /^(\S+) ([<=]) (\S+)$/.exec(term) ?? [];
  if (name === undefined || value === undefined) throw new Error(`A condition that this cannot read: ${term}`);
  const is = item[nameIn(input, name)];
  const other = valueIn(input, value);
  return operator === '=' ? is === other : typeof is === 'number' && is < other;
}

const nameIn = (input: Input, name: string): string => input.ExpressionAttributeNames?.[name] ?? name;
const valueIn = (input: Input, value: string) => unmarshall(input.ExpressionAttributeValues ?? {})[value];
