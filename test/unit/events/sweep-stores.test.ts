import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoSweepCheckpoints } from '../../../functions/events/adapters/sweep-checkpoints.ts';
import { dynamoUnmarkedCommits } from '../../../functions/events/adapters/unmarked-commits.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { dynamoCommitOrder } from '../../../functions/shared/platform/log/commit-order.ts';
import { memoryOrderedLog } from '../../support/publisher/memory-commit-order.ts';
import { memoryMarks } from '../../support/publisher/memory-marks.ts';
import { sweepStoresContract } from '../../support/publisher/sweep-stores-contract.ts';

describe('in memory', () => {
  sweepStoresContract(async () => ({ ...memoryOrderedLog(), marks: memoryMarks() }));
});

describe('in DynamoDB', () => {
  const dynamo = mockClient(DynamoDBDocumentClient);
  beforeEach(() => {
    dynamo.reset();
  });
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ aggregateId: 'a', version: index + 1 }));

  it('a shard is read from the index, behind a position', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [{ shard: 'shard-3', position: 'p2', aggregateId: 'a', version: 4 }] });
    const places = await dynamoCommitOrder(dynamoClient(), 'Log').after('shard-3', 'p1');
    expect(places).toEqual([{ position: 'p2', aggregateId: 'a', version: 4 }]);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'Log',
      IndexName: 'byPosition',
      ExpressionAttributeValues: { ':shard': 'shard-3', ':position': 'p1' },
      Limit: 100,
    });
  });

  it('marks are read consistently, 100 a call', async () => {
    dynamo.on(BatchGetCommand).resolves({ Responses: { Marks: [{ aggregateId: 'a', version: 2 }] } });
    const found = await dynamoUnmarkedCommits(dynamoClient(), 'Marks')(keys(230));
    expect(found).toEqual(keys(230).filter(({ version }) => version !== 2));
    const requests = dynamo.commandCalls(BatchGetCommand).map(({ args }) => args[0].input.RequestItems?.Marks);
    expect(requests.map((one) => [one?.Keys?.length, one?.ConsistentRead])).toEqual([
      [100, true],
      [100, true],
      [30, true],
    ]);
  });

  it('marks that a call leaves out are asked for again', async () => {
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { Marks: [keys(1)[0] ?? {}] },
        UnprocessedKeys: { Marks: { Keys: keys(3).slice(1) } },
      })
      .resolvesOnce({ UnprocessedKeys: { Marks: { Keys: keys(3).slice(2) } } })
      .resolves({ Responses: { Marks: keys(3).slice(2) } });
    expect(await dynamoUnmarkedCommits(dynamoClient(), 'Marks')(keys(3))).toEqual([{ aggregateId: 'a', version: 2 }]);
    const sizes = dynamo
      .commandCalls(BatchGetCommand)
      .map(({ args }) => args[0].input.RequestItems?.Marks?.Keys?.length);
    expect(sizes).toEqual([3, 2, 1]);
  });

  it('a checkpoint stands beside the marks, under a key that no commit has', async () => {
    dynamo.on(GetCommand).resolves({ Item: { aggregateId: 'sweep#shard-3', version: 0, position: 'p7' } });
    dynamo.on(PutCommand).resolves({});
    const checkpoints = dynamoSweepCheckpoints(dynamoClient(), 'Marks');
    expect(await checkpoints.find('shard-3')).toBe('p7');
    await checkpoints.advance('shard-3', 'p8');
    const key = { aggregateId: 'sweep#shard-3', version: 0 };
    expect(dynamo.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({ Key: key, ConsistentRead: true });
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input.Item).toEqual({ ...key, position: 'p8' });
  });

  it('a checkpoint that another sweep has moved further stays, and any other failure is told', async () => {
    const checkpoints = dynamoSweepCheckpoints(dynamoClient(), 'Marks');
    dynamo.on(PutCommand).rejectsOnce(new ConditionalCheckFailedException({ message: 'x', $metadata: {} }));
    await checkpoints.advance('shard-3', 'p8');
    dynamo.on(PutCommand).rejects(new Error('slow down'));
    await expect(checkpoints.advance('shard-3', 'p8')).rejects.toThrow('slow down');
  });
});
