import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadModel } from '../../../../functions/contracts/read-model.ts';
import { dynamoClient } from '../../../../functions/shared/platform/dynamo-client.ts';
import { dynamoReadModels } from '../../../../functions/shared/platform/read-models/dynamo-read-models.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

interface Row {
  id: string;
  color: string;
}
const model: ReadModel<Row> = {
  name: 'things',
  generation: 2,
  idOf: ({ id }) => id,
  sortKeyOf: () => 't',
  indexes: { index1: 'color' },
};
const of = (changes: Partial<ReadModel<Row>> = {}) =>
  dynamoReadModels(dynamoClient(), 'Rows', { ...model, ...changes });
const RED = { id: 'a', color: 'red' };
const writes = () => dynamo.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems ?? []);
const keysIn = (call: number) =>
  dynamo.commandCalls(BatchGetCommand)[call]?.args[0].input.RequestItems?.Rows?.Keys?.map(({ id }) => id);

describe('a row that changes counts', () => {
  it('is written in one transaction with them, one item a key', async () => {
    expect(await of().put({ row: RED, version: 3 }, 2, { red: { big: 1, small: -1 }, blue: { big: -2 } })).toBe(true);
    const [[row, red, blue] = []] = writes();
    expect(row?.Put).toMatchObject({
      ...{ TableName: 'Rows', Item: { id: 'things#2#a', version: 3 } },
      ...{ ConditionExpression: 'version = :seen', ExpressionAttributeValues: { ':seen': 2 } },
    });
    expect(red?.Update).toEqual({
      TableName: 'Rows',
      Key: { id: 'things#2#counts#red#0' },
      UpdateExpression: 'SET #list = :list, #sort = :sort, #key = :key ADD #a0 :a0, #a1 :a1',
      ExpressionAttributeNames: {
        ...{ '#list': 'list', '#sort': 'sort', '#key': 'key' },
        ...{ '#a0': 'of_big', '#a1': 'of_small' },
      },
      ExpressionAttributeValues: {
        ...{ ':list': 'things#2#counts', ':sort': 'red#0', ':key': 'red' },
        ...{ ':a0': 1, ':a1': -1 },
      },
    });
    expect(blue?.Update).toMatchObject({
      Key: { id: 'things#2#counts#blue#0' },
      ExpressionAttributeValues: { ':a0': -2 },
    });
    expect(dynamo.commandCalls(PutCommand)).toEqual([]);
  });

  it('is refused with them where another writer has moved it on', async () => {
    const reasons = { CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }] };
    dynamo
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ message: 'no', $metadata: {}, ...reasons }));
    expect(await of().put({ row: RED, version: 1 }, 0, { red: { big: 1 } })).toBe(false);
    expect(writes()[0]?.[0]?.Put?.ConditionExpression).toBe('attribute_not_exists(id)');
  });

  it('is one plain write where it changes none', async () => {
    expect(await of().put({ row: RED, version: 3 }, 2, {})).toBe(true);
    expect([dynamo.commandCalls(PutCommand).length, writes().length]).toEqual([1, 0]);
  });

  it('adds to the same part each time, and others to others', async () => {
    const rows = of({ countParts: 16 });
    const ids = Array.from({ length: 40 }, (_, index) => `row_${index}`);
    for (const id of [...ids, ...ids])
      await rows.put({ row: { id, color: 'red' }, version: 1 }, 0, { red: { big: 1 } });
    const parts = writes().map(([, count]) => String(count?.Update?.Key?.id));
    expect(parts.slice(40)).toEqual(parts.slice(0, 40));
    expect(new Set(parts).size).toBeGreaterThan(8);
    for (const part of parts) expect(part).toMatch(/^things#2#counts#red#(\d|1[0-5])$/);
  });
});

describe('a row that is not listed', () => {
  it('stands apart from the lists, and in no index', async () => {
    await of({ isListed: () => false }).put({ row: RED, version: 1 }, 0);
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input.Item).toEqual({
      ...{ id: 'things#2#a', version: 1, row: JSON.stringify(RED), sort: 't#a' },
      list: 'things#2#unlisted',
    });
  });
});

describe('counts that are read', () => {
  const item = (key: string, amounts: object) => ({ id: 'x', list: 'y', sort: 'z', key, ...amounts });

  it('are summed up over the parts of each key, and consistent', async () => {
    dynamo.on(BatchGetCommand).resolves({
      Responses: {
        Rows: [
          item('red', { of_big: 2, of_id: 1 }),
          item('red', { of_big: -1, of_small: 3 }),
          item('blue', { of_big: 0 }),
        ],
      },
    });
    expect(await of({ countParts: 2 }).counts(['red', 'blue', 'red'])).toEqual({
      red: { big: 1, small: 3, id: 1 },
      blue: { big: 0 },
    });
    expect(keysIn(0)).toEqual([
      'things#2#counts#red#0',
      'things#2#counts#red#1',
      'things#2#counts#blue#0',
      'things#2#counts#blue#1',
    ]);
    expect(dynamo.commandCalls(BatchGetCommand)[0]?.args[0].input.RequestItems?.Rows?.ConsistentRead).toBe(true);
    expect(dynamo.commandCalls(QueryCommand)).toEqual([]);
  });

  it('are all that the index names, page by page, where none are', async () => {
    const id = (key: string) => ({ id: `things#2#counts#${key}#0` });
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [id('red')], LastEvaluatedKey: id('red') })
      .resolves({ Items: [id('blue')] });
    dynamo.on(BatchGetCommand).resolves({ Responses: { Rows: [item('red', { of_big: 2 })] } });
    expect(await of().counts()).toEqual({ red: { big: 2 } });
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'list',
      ExpressionAttributeValues: { ':list': 'things#2#counts' },
    });
    expect(keysIn(0)).toEqual(['things#2#counts#red#0', 'things#2#counts#blue#0']);
  });

  it('are no call where none are asked for', async () => {
    expect(await of().counts([])).toEqual({});
    expect(dynamo.calls()).toEqual([]);
  });
});
