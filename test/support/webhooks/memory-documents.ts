import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type {
  BatchGetCommandInput,
  DeleteCommandInput,
  PutCommandInput,
  QueryCommandInput,
  TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Record<string, unknown>;
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
interface Expressions {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}
type Change = Expressions & {
  TableName?: string | undefined;
  ConditionExpression?: string | undefined;
} & ({ Item: Item } | { Key: Item; UpdateExpression?: string });

/**
 * DynamoDB tables behind every document client of the test file, as far as single writes, transactions and queries by one key go. Like
 * DynamoDB it refuses names and values that no expression uses, and words that it keeps for itself.
 *
 * @param keys of each table
 * @param pageRows what one query reads at most, as DynamoDB reads 1 MB
 */
export function memoryDocuments(
  keys: Readonly<Record<string, readonly string[]>>,
  pageRows = Number.POSITIVE_INFINITY,
) {
  const tables = new Map(Object.keys(keys).map((name) => [name, new Map<string, Item>()]));
  const rowsOf = (name = '') => tables.get(name) as Map<string, Item>;
  const idOf = (name = '', item: Item) => JSON.stringify(keys[name]?.map((key) => item[key]));
  const prepared = (change: Change, isDelete = false) => {
    const key = 'Key' in change ? change.Key : change.Item;
    const id = idOf(change.TableName, key);
    const before = rowsOf(change.TableName).get(id);
    assertUsed(change, [change.ConditionExpression, 'Key' in change ? change.UpdateExpression : '']);
    const isAllowed =
      change.ConditionExpression === undefined || holds(change.ConditionExpression, before ?? {}, change);
    const after =
      'Key' in change ? updated({ ...change.Key, ...before }, change.UpdateExpression ?? '', change) : change.Item;
    const isWrite = 'Item' in change || change.UpdateExpression !== undefined;
    const apply = () => {
      if (isWrite) rowsOf(change.TableName).set(id, JSON.parse(JSON.stringify(after)));
      if (isDelete) rowsOf(change.TableName).delete(id);
    };
    return { isAllowed, id, after, apply };
  };
  const mock = mockClient(DynamoDBDocumentClient);
  mock.on(TransactWriteCommand).callsFake(async ({ TransactItems = [] }: TransactWriteCommandInput) => {
    const changes = TransactItems.map((one: Write) =>
      prepared((one.Put ?? one.Update ?? one.ConditionCheck ?? one.Delete) as Change, one.Delete !== undefined),
    );
    if (new Set(changes.map(({ id }) => id)).size < changes.length) throw new Error('Two writes on one row.');
    if (!changes.every(({ isAllowed }) => isAllowed)) {
      const CancellationReasons = changes.map(({ isAllowed }) => ({
        Code: isAllowed ? 'None' : 'ConditionalCheckFailed',
      }));
      throw new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons });
    }
    for (const { apply } of changes) apply();
    return {};
  });
  mock.on(UpdateCommand).callsFake(async (input) => {
    const { isAllowed, after, apply } = prepared(input as Change);
    if (!isAllowed) throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    apply();
    return { Attributes: after };
  });
  mock.on(GetCommand).callsFake(async ({ TableName, Key }) => ({ Item: rowsOf(TableName).get(idOf(TableName, Key)) }));
  mock.on(BatchGetCommand).callsFake(async ({ RequestItems = {} }: BatchGetCommandInput) => {
    const read = Object.entries(RequestItems).map(([name, { Keys = [] }]) => {
      const rows = Keys.map((key) => rowsOf(name).get(idOf(name, key)));
      return [name, rows.filter((row) => row !== undefined)];
    });
    return { Responses: Object.fromEntries(read) };
  });
  mock.on(PutCommand).callsFake(async ({ ReturnValues, ...input }: PutCommandInput) => {
    const { ReturnValuesOnConditionCheckFailure: asked } = input;
    const change = { ...input, Item: input.Item ?? {} };
    const old = rowsOf(input.TableName).get(idOf(input.TableName, change.Item));
    const { isAllowed, apply } = prepared(change);
    const told = asked === 'ALL_OLD' && old !== undefined && { Item: marshall(old) };
    if (!isAllowed) throw new ConditionalCheckFailedException({ message: 'no', $metadata: {}, ...told });
    apply();
    return ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
  });
  mock.on(DeleteCommand).callsFake(async ({ TableName, Key = {}, ReturnValues }: DeleteCommandInput) => {
    const old = rowsOf(TableName).get(idOf(TableName, Key));
    rowsOf(TableName).delete(idOf(TableName, Key));
    return ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
  });
  mock.on(QueryCommand).callsFake(async ({ TableName, ...input }: QueryCommandInput) => {
    const { KeyConditionExpression = '', FilterExpression, ExclusiveStartKey: start } = input;
    assertUsed(input, [KeyConditionExpression, FilterExpression]);
    const id = (item: Item) => idOf(TableName, item);
    const found = [...rowsOf(TableName).values()]
      .filter((item) => holds(KeyConditionExpression, item, input) && (start === undefined || id(item) > id(start)))
      .sort((one, other) => (id(one) < id(other) ? -1 : 1));
    const limit = Math.min(input.Limit ?? pageRows, pageRows);
    return { ...page(found.slice(0, limit), input), ...endOf(found, limit, keys[TableName ?? ''] ?? []) };
  });
  return { rowsOf, mock };
}

function page(read: readonly Item[], { FilterExpression, Select, ...input }: Omit<QueryCommandInput, 'TableName'>) {
  const Items = read.filter((item) => FilterExpression === undefined || holds(FilterExpression, item, input));
  return { Count: Items.length, ...(Select !== 'COUNT' && { Items: JSON.parse(JSON.stringify(Items)) }) };
}

/** A page that is full says where it ended, also where nothing follows. */
function endOf(found: readonly Item[], limit: number, keys: readonly string[]) {
  const last = found.length >= limit ? found[limit - 1] : undefined;
  return last && { LastEvaluatedKey: Object.fromEntries(keys.map((key) => [key, last[key]])) };
}

/** Of the 573 those that our rows have as names. */
const RESERVED = /^(stream|status|owner|url|name|called|attempts?|total|position|error)$/;

function assertUsed(
  { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Expressions,
  all: (string | undefined)[],
) {
  const words = all.flatMap((text) => text?.match(/[#:]?\w+/g) ?? []);
  for (const name of [...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)])
    if (!words.includes(name)) throw new Error(`No expression uses ${name}.`);
  for (const word of words) if (RESERVED.test(word)) throw new Error(`${word} is a reserved word.`);
}

const nameIn = ({ ExpressionAttributeNames = {} }: Expressions, name: string): string =>
  name.startsWith('#') ? (ExpressionAttributeNames[name] ?? fail(name)) : name;
const valueIn = ({ ExpressionAttributeValues = {} }: Expressions, name: string): unknown =>
  ExpressionAttributeValues[name] ?? fail(name);
/** A value that came along, or one of the row's own. */
const operandIn = (item: Item, input: Expressions, name: string): unknown =>
  name.startsWith(':') ? valueIn(input, name) : item[nameIn(input, name)];

function fail(what: string): never {
  throw new Error(`This cannot be read: ${what}`);
}

/** `a AND (b OR c)`. */
function holds(condition: string, item: Item, input: Expressions): boolean {
  return condition.split(' AND ').every((one) => {
    const alternatives = one.replace(/^\((.*)\)$/, '$1').split(' OR ');
    return alternatives.some((term) => isTrue(term, item, input));
  });
}

function isTrue(term: string, item: Item, input: Expressions): boolean {
  const [, negation, asked] = /^attribute_(not_)?exists\((.+)\)$/.exec(term) ?? [];
  if (asked !== undefined) return nameIn(input, asked) in item === (negation === undefined);
  const [, name, operator, value] = /^(\S+) (=|<=|<>|<|>) (\S+)$/.exec(term) ?? [];
  if (name === undefined || value === undefined) return fail(term);
  return COMPARED[operator as keyof typeof COMPARED](
    item[nameIn(input, name)] as string,
    operandIn(item, input, value) as string,
  );
}

/** Every comparison but `<>` fails with what is not there. */
const COMPARED = {
  '=': (is: string | undefined, other: string) => is === other,
  '<>': (is: string | undefined, other: string) => is !== other,
  '<': (is: string | undefined, other: string) => is !== undefined && is < other,
  '<=': (is: string | undefined, other: string) => is !== undefined && is <= other,
  '>': (is: string | undefined, other: string) => is !== undefined && is > other,
};

/** `SET a = :a, b = if_not_exists(b, :b) REMOVE c ADD d :d`. */
function updated(item: Item, expression: string, input: Expressions): Item {
  const after = { ...item };
  for (const [, clause, rest = ''] of expression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= (?:SET|REMOVE|ADD) |$)/g)) {
    for (const one of rest.trim().split(/, (?![^(]*\))/)) applyClause(after, clause, { one, input });
  }
  return after;
}

function applyClause(
  item: Item,
  clause: string | undefined,
  { one, input }: { one: string; input: Expressions },
): void {
  const [, name = '', given = ''] = /^(\S+)(?: =)? ?(.*?) *$/.exec(one) ?? [];
  const attribute = nameIn(input, name);
  const [, kept, otherwise] = /^if_not_exists\((\S+), (\S+)\)$/.exec(given) ?? [];
  if (clause === 'REMOVE') delete item[attribute];
  else if (kept !== undefined && otherwise !== undefined)
    item[attribute] = item[nameIn(input, kept)] ?? valueIn(input, otherwise);
  else if (clause === 'SET') item[attribute] = valueIn(input, given);
  else item[attribute] = Number(item[attribute] ?? 0) + Number(valueIn(input, given));
}
