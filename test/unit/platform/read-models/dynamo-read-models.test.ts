import { BatchGetCommand, DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
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
  at: string;
  color: string | null;
}
const model: ReadModel<Row> = {
  name: 'things',
  generation: 2,
  idOf: ({ id }) => id,
  sortKeyOf: ({ at }) => at,
  indexes: { index2: 'color' },
};
const rows = dynamoReadModels(dynamoClient(), 'Rows', model);
const key = (id: string) => ({ id: `things#2#${id}`, sort: `t#${id}`, list: 'things#2', index2: 'things#2#color#red' });
const item = (id: string, color = 'red') => ({
  id: `things#2#${id}`,
  version: 1,
  row: JSON.stringify({ id, at: 't', color }),
});

describe('a row in DynamoDB', () => {
  it('is one item that is indexed by what it has', async () => {
    await rows.put({ row: { id: 'a', at: 't', color: 'red' }, version: 3 }, 2);
    await rows.put({ row: { id: 'a', at: 't', color: null }, version: 1 }, 0);
    const [one, two] = dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input);
    expect(one).toEqual({
      TableName: 'Rows',
      Item: { ...key('a'), version: 3, row: '{"id":"a","at":"t","color":"red"}' },
      ConditionExpression: 'version = :seen',
      ExpressionAttributeValues: { ':seen': 2 },
    });
    expect(two).toMatchObject({ ConditionExpression: 'attribute_not_exists(id)' });
    expect(Object.keys(two?.Item ?? {}).sort()).toEqual(['id', 'list', 'row', 'sort', 'version']);
  });

  it('fails with every error that is not a refusal', async () => {
    dynamo.on(PutCommand).rejects(new Error('slow down'));
    await expect(rows.put({ row: { id: 'a', at: 't', color: null }, version: 1 }, 0)).rejects.toThrow('slow down');
  });
});

describe('a list in DynamoDB', () => {
  it('asks again for what a batch left out, and keeps the order of the index', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [key('c'), key('b'), key('a')] });
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { Rows: [item('b')] },
        UnprocessedKeys: { Rows: { Keys: [{ id: 'things#2#c' }, { id: 'things#2#a' }] } },
      })
      .resolves({ Responses: { Rows: [item('a'), item('c')] } });
    const { items, nextCursor } = await rows.query({ where: {}, limit: 3 });
    expect([items.map(({ id }) => id), nextCursor]).toEqual([['c', 'b', 'a'], null]);
    expect(dynamo.commandCalls(BatchGetCommand)[1]?.args[0].input.RequestItems?.Rows?.Keys).toHaveLength(2);
  });

  it('ends a page of large rows before it outgrows an answer, and leads on from there', async () => {
    const large = (id: string) => ({
      ...item(id),
      row: JSON.stringify({ id, at: 'x'.repeat(2_500_000), color: 'red' }),
    });
    dynamo.on(QueryCommand).resolves({ Items: [key('c'), key('b'), key('a')] });
    dynamo.on(BatchGetCommand).resolves({ Responses: { Rows: [large('c'), large('b'), large('a')] } });
    const { items, nextCursor } = await rows.query({ where: {}, limit: 3 });
    expect(items.map(({ id }) => id)).toEqual(['c']);
    await rows.query({ where: {}, limit: 3, cursor: nextCursor ?? '' });
    expect(dynamo.commandCalls(QueryCommand)[1]?.args[0].input.ExclusiveStartKey).toMatchObject({ id: 'things#2#c' });
  });

  it('leaves out what the index still names and the row no longer is, or no longer is there', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [key('c'), key('b'), key('a')] });
    dynamo.on(BatchGetCommand).resolves({ Responses: { Rows: [item('a'), item('b', 'blue')] } });
    expect((await rows.query({ where: { color: 'red' }, limit: 3 })).items.map(({ id }) => id)).toEqual(['a']);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'index2',
      ExpressionAttributeValues: { ':key': 'things#2#color#red' },
      ScanIndexForward: false,
    });
  });

  it('goes on from where an index page ended early', async () => {
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [key('b')], LastEvaluatedKey: key('b') })
      .resolves({ Items: [key('a')] });
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { Rows: [item('b')] } })
      .resolves({ Responses: { Rows: [item('a')] } });
    const { items, nextCursor } = await rows.query({ where: {}, limit: 5 });
    expect([items.map(({ id }) => id), nextCursor]).toEqual([['b', 'a'], null]);
    const { id, sort, list } = key('b');
    expect(dynamo.commandCalls(QueryCommand)[1]?.args[0].input.ExclusiveStartKey).toEqual({ id, sort, list });
  });

  it('reads ten index pages a call at most, and gives a cursor to go on from', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [key('b')], LastEvaluatedKey: key('b') });
    dynamo.on(BatchGetCommand).resolves({ Responses: { Rows: [item('b', 'blue')] } });
    const { items, nextCursor } = await rows.query({ where: { color: 'red' }, limit: 1 });
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(10);
    await rows.query({ where: { color: 'red' }, limit: 1, cursor: nextCursor ?? '' });
    expect(items).toEqual([]);
    const { list: _, ...start } = key('b');
    expect(dynamo.commandCalls(QueryCommand)[10]?.args[0].input.ExclusiveStartKey).toEqual(start);
  });

  it.each([
    ['an empty id', { id: '', sort: 'x' }],
    ['an empty sort key', { id: 'x', sort: '' }],
    ['a sort key that no index can hold', { id: 'x', sort: 'y'.repeat(1025) }],
  ])('refuses a forged cursor with %s before DynamoDB errs', async (_what, place) => {
    const cursor = Buffer.from(JSON.stringify(['things#2', place])).toString('base64url');
    const refusal = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };
    await expect(rows.query({ where: {}, limit: 5, cursor })).rejects.toMatchObject(refusal);
    expect(dynamo.calls()).toEqual([]);
  });
});
