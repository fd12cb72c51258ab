import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadLetterModel } from '../../../functions/contracts/dead-letters.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import { deadLetterCounter } from '../../../functions/dead-letters/adapters/dead-letter-counter.ts';
import { dynamoOpenLetters } from '../../../functions/dead-letters/adapters/open-letters.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const logs = captureLogLines();
const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
  vi.stubEnv(ENV.stage, 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const queries = () => dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
const count = dynamoOpenLetters(dynamoClient(), 'Letters');

describe("a queue's open letters", () => {
  it('are counted in the index, without reading them', async () => {
    dynamo.on(QueryCommand).resolves({ Count: 3 });
    expect(await count('publisher')).toBe(3);
    expect(queries()).toEqual([
      {
        TableName: 'Letters',
        IndexName: 'index4',
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': 'index4' },
        ExpressionAttributeValues: { ':key': 'dead-letters#1#pile#open:publisher' },
        Select: 'COUNT',
        Limit: 1000,
      },
    ]);
    // The index that recorded rows fill.
    expect(deadLetterModel.indexes.index4).toBe('pile');
  });

  it('are counted over all pages', async () => {
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Count: 400, LastEvaluatedKey: { id: 'a' } })
      .resolvesOnce({ Count: 0, LastEvaluatedKey: { id: 'b' } })
      .resolves({ Count: 5 });
    expect(await count('publisher')).toBe(405);
    expect(queries().map(({ ExclusiveStartKey, Limit }) => [ExclusiveStartKey, Limit])).toEqual([
      [undefined, 1000],
      [{ id: 'a' }, 600],
      [{ id: 'b' }, 600],
    ]);
  });

  it('are not counted beyond a thousand', async () => {
    dynamo.on(QueryCommand).resolves({ Count: 500, LastEvaluatedKey: { id: 'a' } });
    expect(await count('publisher')).toBe(1000);
    expect(queries()).toHaveLength(2);
  });
});

describe('the count', () => {
  const told = () => logs.entries().map(({ queue, service, OpenDeadLetters }) => ({ queue, service, OpenDeadLetters }));

  it('is told for each queue that has open letters, and for no other', async () => {
    const open = new Map([
      ['a', 2],
      ['c', 1000],
    ]);
    await deadLetterCounter(['a', 'b', 'c'], async (queue) => open.get(queue) ?? 0)();
    expect(told()).toEqual([
      { queue: 'a', service: 'test', OpenDeadLetters: 2 },
      { queue: 'c', service: 'test', OpenDeadLetters: 1000 },
    ]);
    expect(logs.entries()[0]).toHaveProperty('_aws.CloudWatchMetrics.0.Dimensions', [['service', 'queue']]);
  });

  it('of one queue that fails is told at the end, after all others', async () => {
    const counting = deadLetterCounter(['a', 'b'], async (queue) => {
      if (queue === 'a') throw new Error('slow down');
      return 1;
    });
    await expect(counting()).rejects.toThrow('slow down');
    expect(told()).toEqual([{ queue: 'b', service: 'test', OpenDeadLetters: 1 }]);
  });
});
