import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { transact, update } from '../../../functions/shared/platform/dynamo-transaction.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => dynamo.reset());
const client = dynamo as unknown as DynamoDBDocumentClient;

const rest = { message: 'no', $metadata: {} };
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({ ...rest, CancellationReasons: codes.map((Code) => ({ Code })) });
const INPUT = { TableName: 'Agents', Key: { pk: 'agent#1', sk: 'agent' } };

describe('a transaction', () => {
  const send = () => transact(client, [{ Delete: INPUT }]);

  it('is written', async () => {
    dynamo.on(TransactWriteCommand).resolves({});
    expect(await send()).toBe(true);
    expect(dynamo.calls()).toHaveLength(1);
  });

  it.each([
    [['ConditionalCheckFailed', 'None']],
    [['None', 'ConditionalCheckFailed']],
    [['TransactionConflict', 'ConditionalCheckFailed']],
  ])('whose writes end %j is refused, and not tried again', async (codes) => {
    dynamo.on(TransactWriteCommand).rejects(cancelled(...codes));
    expect(await send()).toBe(false);
    expect(dynamo.calls()).toHaveLength(1);
  });

  it('that meets another is tried again', async () => {
    const conflict = cancelled('None', 'TransactionConflict');
    dynamo.on(TransactWriteCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolves({});
    expect(await send()).toBe(true);
    expect(dynamo.calls()).toHaveLength(3);
  });

  it('that meets others for ever is an error in the end', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('TransactionConflict'));
    await expect(send()).rejects.toThrow(TransactionCanceledException);
    expect(dynamo.calls()).toHaveLength(10);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'that finds no room is tried again: %s',
    async (code) => {
      dynamo.on(TransactWriteCommand).rejectsOnce(cancelled(code, 'None')).resolves({});
      expect(await send()).toBe(true);
      expect(dynamo.calls()).toHaveLength(2);
    },
  );

  it.each([cancelled('ValidationError'), new Error('no route')])('that ends in %s is an error', async (error) => {
    dynamo.on(TransactWriteCommand).rejects(error);
    await expect(send()).rejects.toThrow(error.message);
    expect(dynamo.calls()).toHaveLength(1);
  });
});

describe('an update', () => {
  const send = () => update(client, { ...INPUT, UpdateExpression: 'SET a = :a' });

  it('answers the row as it is then', async () => {
    dynamo.on(UpdateCommand, { ...INPUT, ReturnValues: 'ALL_NEW' }).resolves({ Attributes: { a: 1 } });
    expect(await send()).toEqual({ a: 1 });
  });

  it('whose condition does not hold answers nothing', async () => {
    dynamo.on(UpdateCommand).rejects(new ConditionalCheckFailedException(rest));
    expect(await send()).toBeUndefined();
  });

  it('that meets a transaction is tried again', async () => {
    dynamo
      .on(UpdateCommand)
      .rejectsOnce(new TransactionConflictException(rest))
      .resolves({ Attributes: { a: 1 } });
    expect(await send()).toEqual({ a: 1 });
  });
});
