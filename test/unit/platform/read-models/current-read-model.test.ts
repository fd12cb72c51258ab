import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../../functions/contracts/env.ts';
import type { ReadModel } from '../../../../functions/contracts/read-model.ts';
import type { ProjectionState } from '../../../../functions/shared/kernel/projection-state.ts';
import { INITIAL_STATE } from '../../../../functions/shared/kernel/projection-state.ts';
import { cursorTo } from '../../../../functions/shared/platform/cursor.ts';
import { dynamoClient } from '../../../../functions/shared/platform/dynamo-client.ts';
import {
  currentReadModel,
  ownReadModel,
} from '../../../../functions/shared/platform/read-models/current-read-model.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
  dynamo.on(QueryCommand).resolves({ Items: [] });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const model: ReadModel<{ id: string; color?: string }> = {
  ...{ name: 'things', generation: 1, indexes: { index1: 'color' } },
  idOf: ({ id }) => id,
  sortKeyOf: () => 't',
};
const tables = { client: dynamoClient(), table: 'Projections', rows: 'Rows' };
const things = currentReadModel(tables, model);

/** Readers see these generations from now on. */
function stands(generation: number, retired: ProjectionState['retired'] = {}): void {
  const state = JSON.stringify({ ...INITIAL_STATE, generation, lastGeneration: generation, retired });
  dynamo.on(GetCommand).resolves({ Item: { name: 'things', part: 'state', state, revision: 1 } });
}

const cursorOf = (generation: number | string, list = `things#${generation}`) =>
  cursorTo(list, { id: `things#${generation}#a`, sort: 't#a' });
const lists = () =>
  dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input.ExpressionAttributeValues?.[':key']);
const REFUSED = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };

describe('the current read model', () => {
  it('is the first generation where there was no rebuild', async () => {
    dynamo.on(GetCommand).resolves({});
    expect(await things.query({ where: {}, limit: 5 })).toEqual({ items: [], nextCursor: null });
    expect(lists()).toEqual(['things#1']);
  });

  it('is the generation that its projection names, read consistently at each call', async () => {
    stands(3);
    await things.query({ where: {}, limit: 5 });
    stands(4, { 3: '2026-08-19T10:00:00.000Z' });
    await things.query({ where: {}, limit: 5 });
    expect(lists()).toEqual(['things#3', 'things#4']);
    expect(dynamo.commandCalls(GetCommand).map(({ args }) => args[0].input)).toEqual(
      Array.from({ length: 2 }, () => ({
        ...{ TableName: 'Projections', Key: { name: 'things', part: 'state' }, ConsistentRead: true },
      })),
    );
  });

  it('has the counts of that generation', async () => {
    stands(3);
    dynamo.on(BatchGetCommand).resolves({ Responses: { Rows: [{ key: 'a', of_pending: 2 }] } });
    expect(await things.counts(['a'])).toEqual({ a: { pending: 2 } });
    const { RequestItems } = dynamo.commandCalls(BatchGetCommand)[0]?.args[0].input ?? {};
    expect(RequestItems?.Rows?.Keys).toEqual([{ id: 'things#3#counts#a#0' }]);
  });

  it('is found by the environment of a function', async () => {
    vi.stubEnv(ENV.projectionsTable, 'OwnProjections');
    vi.stubEnv(ENV.readModelsTable, 'OwnRows');
    stands(2);
    await ownReadModel(tables.client, model).query({ where: {}, limit: 5 });
    expect(dynamo.calls().map(({ args }) => (args[0].input as { TableName: string }).TableName)).toEqual([
      ...['OwnProjections', 'OwnRows'],
    ]);
  });
});

describe('a list that was begun before a rebuild', () => {
  it('goes on in its generation as long as that is there', async () => {
    stands(3, { 2: '2026-08-19T10:00:00.000Z' });
    await things.query({ where: {}, limit: 5, cursor: cursorOf(2) });
    await things.query({ where: {}, limit: 5, cursor: cursorOf(3) });
    expect(lists()).toEqual(['things#2', 'things#3']);
  });

  it('goes on so where it is a list by an index, too', async () => {
    stands(3, { 2: '2026-08-19T10:00:00.000Z' });
    await things.query({ where: { color: 'red' }, limit: 5, cursor: cursorOf(2, 'things#2#color#red') });
    expect(lists()).toEqual(['things#2#color#red']);
  });

  it.each([1, 4, '', 'toString', '__proto__'])(
    'is refused where there is no such generation: %j',
    async (generation) => {
      stands(3, { 2: '2026-08-19T10:00:00.000Z' });
      const query = things.query({ where: {}, limit: 5, cursor: cursorOf(generation) });
      await expect(query).rejects.toMatchObject(REFUSED);
      expect(dynamo.commandCalls(QueryCommand)).toEqual([]);
    },
  );

  it.each([
    ['another model', cursorOf(3, 'others#3')],
    ['a filter', cursorOf(3, 'things#3#color#red')],
    ['nobody', 'garbage'],
  ])('is not taken for one of %s', async (_whose, cursor) => {
    stands(3);
    await expect(things.query({ where: {}, limit: 5, cursor })).rejects.toMatchObject(REFUSED);
    expect(dynamo.commandCalls(QueryCommand)).toEqual([]);
  });
});
