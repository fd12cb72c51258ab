import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { batchGet } from '../../../functions/shared/platform/dynamo-batch.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }));
const get = (keys: readonly { id: number }[], read = {}) => batchGet(dynamoClient(), { table: 'T', keys, ...read });
const asked = () => dynamo.commandCalls(BatchGetCommand).map(({ args: [{ input }] }) => input.RequestItems?.T);

/** Answers so many of what it is asked, and leaves the rest. */
function answering(most: number, isThere: (id: number) => boolean = () => true) {
  dynamo.on(BatchGetCommand).callsFake(async ({ RequestItems: { T } }) => {
    const found = T.Keys.slice(0, most).filter(({ id }: { id: number }) => isThere(id));
    const left = T.Keys.slice(most);
    return { Responses: { T: found }, UnprocessedKeys: left.length > 0 ? { T: { Keys: left } } : {} };
  });
}

describe('many rows at once', () => {
  it('are asked for by the hundred, as the caller wants them read', async () => {
    answering(100);
    const keys = keysOf(250);
    expect(await get(keys, { ConsistentRead: true, ProjectionExpression: 'id' })).toEqual(keys);
    expect(asked().map((one) => one?.Keys?.length)).toEqual([100, 100, 50]);
    for (const one of asked()) expect(one).toMatchObject({ ConsistentRead: true, ProjectionExpression: 'id' });
  });

  it('are asked for again where DynamoDB gave only some, as they were asked for first', async () => {
    answering(30);
    const keys = keysOf(100);
    const found = await get(keys, { ConsistentRead: true });
    expect(found).toEqual(keys);
    expect(asked().map((one) => [one?.Keys?.length, one?.ConsistentRead])).toEqual([
      [100, true],
      [70, true],
      [40, true],
      [10, true],
    ]);
  });

  it('leave out what is not there', async () => {
    answering(100, (id) => id % 2 === 0);
    expect(await get(keysOf(4))).toEqual([{ id: 0 }, { id: 2 }]);
  });

  it('are none for no keys, and nobody is asked', async () => {
    expect([await get([]), asked()]).toEqual([[], []]);
  });

  it('are an error where they cannot be read', async () => {
    dynamo.on(BatchGetCommand).rejects(new Error('slow down'));
    await expect(get(keysOf(1))).rejects.toThrow('slow down');
  });
});
