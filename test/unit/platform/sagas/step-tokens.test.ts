import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamoClient } from '../../../../functions/shared/platform/dynamo-client.ts';
import { dynamoStepTokens } from '../../../../functions/shared/platform/sagas/step-tokens.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const DAY = 24 * 3600;

beforeEach(() => {
  dynamo.reset();
  dynamo.on(PutCommand).resolves({});
  vi.useFakeTimers({ now: Date.parse('2026-08-19T10:11:12.345Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const tokens = () => dynamoStepTokens(dynamoClient(), 'Tokens');
const key = { sagaId: 'saga_1', stepId: 'flight' };
const withMore = { ...key, run: 1, correlationId: 'corr_1' };

describe('the token of a step', () => {
  it('is stored by its saga and step, in place of an earlier one, for longer than any execution lives', async () => {
    await tokens().put(withMore, 'token-1');
    const expiresAt = Math.floor(Date.now() / 1000) + 366 * DAY;
    expect(dynamo.commandCalls(PutCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { TableName: 'Tokens', Item: { ...key, token: 'token-1', expiresAt }, ReturnValues: 'ALL_OLD' },
    ]);
  });

  it('of another run is another', async () => {
    await tokens().put({ ...key, run: 2 }, 'token-2');
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input.Item).toMatchObject({ stepId: 'flight#2' });
  });

  it.each([
    [undefined, false],
    [{ ...key, token: 'token-1' }, false],
    [{ ...key, token: 'token-1', putOff: true }, true],
  ])('tells with the next one whether the step was put off: %j', async (Attributes, deferred) => {
    dynamo.on(PutCommand).resolves(Attributes === undefined ? {} : { Attributes });
    expect(await tokens().put(withMore, 'token-2')).toEqual({ deferred });
  });

  it.each([
    ['waiting', 'later', () => tokens().markLater(withMore)],
    ['put off', 'putOff', () => tokens().markDeferred(withMore)],
  ])('is noted as %s, and nothing else of it changes', async (_, as, mark) => {
    await mark();
    expect(dynamo.commandCalls(UpdateCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        TableName: 'Tokens',
        Key: key,
        UpdateExpression: `SET ${as} = :yes`,
        ExpressionAttributeValues: { ':yes': true },
      },
    ]);
  });

  it.each([
    [
      { ...key, token: 'token-1', expiresAt: 1 },
      { token: 'token-1', later: false },
    ],
    [
      { ...key, token: 'token-1', later: true },
      { token: 'token-1', later: true },
    ],
    [undefined, undefined],
  ])('is read as it stands now: %j', async (Item, expected) => {
    dynamo.on(GetCommand).resolves(Item === undefined ? {} : { Item });
    expect(await tokens().get(withMore)).toEqual(expected);
    expect(dynamo.commandCalls(GetCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { TableName: 'Tokens', Key: key, ConsistentRead: true },
    ]);
  });
});
