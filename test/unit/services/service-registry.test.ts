import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceContract } from '../../../functions/contracts/service-contract.ts';
import { dynamoServiceRegistry } from '../../../functions/services/adapters/service-registry.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { ENDPOINT } from '../../support/services/service-world.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

const registry = dynamoServiceRegistry({ client: dynamoClient(), table: 'Services' });
const NOW = '2026-08-19T10:00:00.000Z';
const LATER = '2026-08-19T11:00:00.000Z';
const service = { endpoint: ENDPOINT, healthPath: '/health' };
const registration = (name: string) => ({ name, ...service, breaker: {}, createdAt: NOW, updatedAt: NOW });
const rowOf = (name: string) => ({
  ...registration(name),
  part: 'call#registration',
  list: 'services',
  sort: `${NOW}#${name}`,
});
/** What the registry asks of the index, whatever it wants of it. */
const ALL = {
  TableName: 'Services',
  IndexName: 'list',
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': 'list' },
  ExpressionAttributeValues: { ':list': 'services' },
};

/** A row as an update leaves it: `SET a = :a, b = if_not_exists(b, :b)`. */
function updated({ Key, ...input }: UpdateCommandInput, row: Record<string, unknown>): Record<string, unknown> {
  const changes = (input.UpdateExpression ?? '').replace(/^SET /, '').split(/, (?!:)/);
  const entries = changes.map((change) => {
    const [, name = '', kept, value = ''] = /^(\S+) = (?:if_not_exists\((\w+), )?(:\w+)\)?$/.exec(change) ?? [];
    const field = input.ExpressionAttributeNames?.[name] ?? name;
    return [field, row[kept ?? ''] ?? input.ExpressionAttributeValues?.[value]];
  });
  return { ...row, ...Key, ...Object.fromEntries(entries) };
}

describe('a registration', () => {
  it('writes a new row under its name, which the list finds by its time', async () => {
    dynamo.on(UpdateCommand).resolves({});
    const breaker = { timeout: 500 };
    const registered = await registry.register('billing', { ...service, breaker }, NOW);
    expect(registered).toStrictEqual({ registration: { ...registration('billing'), breaker }, before: undefined });
    const [input] = dynamo.commandCalls(UpdateCommand).map(({ args }) => args[0].input);
    expect(input).toMatchObject({ TableName: 'Services', Key: { name: 'billing', part: 'call#registration' } });
    expect(updated(input as UpdateCommandInput, {})).toEqual({ ...rowOf('billing'), breaker });
  });

  it('changes the row that is there, but for its beginning and its place in the list', async () => {
    const old = { ...rowOf('billing'), breaker: { timeout: 500 } };
    dynamo.on(UpdateCommand, { ReturnValues: 'ALL_OLD' }).resolves({ Attributes: old });
    const next = { endpoint: 'https://other.example', healthPath: '/up' };
    const now = { ...registration('billing'), ...next, updatedAt: LATER };
    expect(await registry.register('billing', next, LATER)).toStrictEqual({
      registration: now,
      before: { ...registration('billing'), breaker: { timeout: 500 } },
    });
    const input = dynamo.commandCalls(UpdateCommand)[0]?.args[0].input as UpdateCommandInput;
    expect(updated(input, old)).toEqual({ ...rowOf('billing'), ...now });
  });
});

describe('a removal', () => {
  const removed = () => dynamo.commandCalls(DeleteCommand).map(({ args }) => args[0].input);

  it('takes the contract and the counts, and then the registration; the breaker stays', async () => {
    await registry.remove('billing');
    expect(removed().map(({ TableName }) => TableName)).toEqual(['Services', 'Services', 'Services']);
    expect(removed().map(({ Key }) => Key)).toEqual([
      { name: 'billing', part: 'contract' },
      { name: 'billing', part: 'counts' },
      { name: 'billing', part: 'call#registration' },
    ]);
  });

  it.each(['contract', 'counts'])(
    'that breaks off at its %s leaves the registration, so that it can go on',
    async (part) => {
      dynamo.on(DeleteCommand, { Key: { name: 'billing', part } }).rejects(new Error('throttled'));
      await expect(registry.remove('billing')).rejects.toThrow('throttled');
      expect(removed().map(({ Key }) => Key?.part)).not.toContain('call#registration');
    },
  );
});

describe('the list of all', () => {
  it('is read to its last page, newest first, as they were registered', async () => {
    const key = { name: 'b', part: 'call#registration' };
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [rowOf('c'), rowOf('b')], LastEvaluatedKey: key })
      .resolves({ Items: [rowOf('a')] });
    expect(await registry.list()).toStrictEqual([registration('c'), registration('b'), registration('a')]);
    const inputs = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(inputs).toMatchObject([
      { ...ALL, ScanIndexForward: false },
      { ...ALL, ScanIndexForward: false, ExclusiveStartKey: key },
    ]);
  });

  it('may be empty', async () => {
    dynamo.on(QueryCommand).resolves({});
    expect(await registry.list()).toEqual([]);
    expect(await registry.count()).toBe(0);
  });

  it('is counted to its last page, without its rows', async () => {
    const key = { name: 'b', part: 'call#registration' };
    dynamo.on(QueryCommand).resolvesOnce({ Count: 380, LastEvaluatedKey: key }).resolves({ Count: 120 });
    expect(await registry.count()).toBe(500);
    const inputs = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(inputs).toMatchObject([
      { ...ALL, Select: 'COUNT' },
      { ...ALL, Select: 'COUNT', ExclusiveStartKey: key },
    ]);
  });
});

describe('a contract', () => {
  const key = { name: 'billing', part: 'contract' };
  // Deeper than DynamoDB's own types may be.
  const deep = Array.from({ length: 40 }).reduce((inner) => ({ properties: { '': inner } }), true) as object;
  const contract = (version: string): ServiceContract => ({
    version,
    operations: [{ name: 'pay', input: { ...deep }, output: false, errors: [{ code: 'NO' }] }],
  });
  const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
  const puts = () => dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input);

  it('comes back as it went in', async () => {
    dynamo.on(PutCommand).resolves({});
    expect(await registry.putContract('billing', contract('1.0'), undefined)).toBe(true);
    const [input] = puts();
    expect(input).toMatchObject({ TableName: 'Services', Item: key });
    const stored = { TableName: 'Services', Key: key, ConsistentRead: true };
    dynamo.on(GetCommand, stored).resolves({ Item: input?.Item ?? {} });
    expect(await registry.contract('billing')).toStrictEqual(contract('1.0'));
  });

  it('is none where none was stored', async () => {
    dynamo.on(GetCommand).resolves({});
    expect(await registry.contract('billing')).toBeUndefined();
  });

  it('that is the first is stored unless there is one by now', async () => {
    dynamo.on(PutCommand, { ConditionExpression: 'attribute_not_exists(part)' }).rejects(refused);
    expect(await registry.putContract('billing', contract('1.0'), undefined)).toBe(false);
    expect(puts()[0]).not.toHaveProperty('ExpressionAttributeValues');
    expect(puts()).toHaveLength(1);
  });

  it('is changed only where the one before is still the very one that was read', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...key, contract: JSON.stringify(contract('1.0')) } });
    dynamo.on(PutCommand, { ConditionExpression: 'contract = :before' }).rejects(refused);
    expect(await registry.putContract('billing', contract('1.1'), await registry.contract('billing'))).toBe(false);
    expect(puts()[0]?.ExpressionAttributeValues).toEqual({ ':before': JSON.stringify(contract('1.0')) });
    dynamo.on(PutCommand).resolves({});
    expect(await registry.putContract('billing', contract('1.1'), contract('1.0'))).toBe(true);
  });

  it('that cannot be stored is an error, and not a refusal', async () => {
    dynamo.on(PutCommand).rejects(new Error('no route'));
    await expect(registry.putContract('billing', contract('1.0'), undefined)).rejects.toThrow('no route');
  });
});
