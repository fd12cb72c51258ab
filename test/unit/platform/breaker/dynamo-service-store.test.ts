import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BreakerRecord } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  closedByHand,
  failed,
  openedByHand,
  UNTOUCHED,
} from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { dynamoServiceStore } from '../../../../functions/shared/platform/breaker/dynamo-service-store.ts';
import { registrationOf } from '../../../support/breaker/registrations.ts';
import { CONFIG } from '../../../support/breaker/wishes.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
  dynamo.on(QueryCommand).resolves({ Items: [] });
  dynamo.on(TransactWriteCommand).resolves({});
});

const client = dynamo as unknown as DynamoDBDocumentClient;
const store = dynamoServiceStore({ client, table: 'Services', eventLog: 'Log' });
const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const REFUSED = new TransactionCanceledException({
  message: 'no',
  $metadata: {},
  CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }],
});

const writes = () => dynamo.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems ?? []);
const reads = () => dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
const stored = (record: BreakerRecord) => ({
  name: 'billing',
  part: 'call#breaker',
  revision: record.revision,
  record,
});
const fail = (known: BreakerRecord = UNTOUCHED) => store.change('billing', known, failed(NOW, CONFIG), 'corr_1');

describe('a read of a service', () => {
  it('is one consistent query for all that a caller needs', async () => {
    const registration = registrationOf('billing', { timeout: 1000 });
    const breaker = { ...UNTOUCHED, revision: 3, failures: [1, 2, 3] };
    const row = { ...registration, part: 'call#registration', list: 'services', sort: 'x' };
    dynamo.on(QueryCommand).resolves({ Items: [stored(breaker), row] });
    expect(await store.find('billing')).toEqual({ registration, breaker });
    expect(reads()).toEqual([
      expect.objectContaining({
        TableName: 'Services',
        ConsistentRead: true,
        ExpressionAttributeValues: { ':name': 'billing', ':call': 'call#' },
      }),
    ]);
  });

  it('fails where the table does', async () => {
    dynamo.on(QueryCommand).rejects(new Error('no route'));
    await expect(store.find('billing')).rejects.toThrow('no route');
  });
});

describe('a wish', () => {
  it('on an untouched breaker is written where there is none yet', async () => {
    const { record, changed } = await fail();
    expect([changed, record.revision]).toEqual([true, 1]);
    expect(writes()).toEqual([
      [
        {
          Put: {
            TableName: 'Services',
            Item: { name: 'billing', part: 'call#breaker', revision: 1, record },
            ConditionExpression: 'attribute_not_exists(part)',
          },
        },
      ],
    ]);
  });

  it('is written at the revision that it was decided on', async () => {
    await fail({ ...UNTOUCHED, revision: 7 });
    expect(writes()[0]?.[0]?.Put).toMatchObject({
      Item: { revision: 8 },
      ConditionExpression: 'revision = :seen',
      ExpressionAttributeValues: { ':seen': 7 },
    });
  });

  it('that was too late is decided again on what stands', async () => {
    dynamo.on(TransactWriteCommand).rejectsOnce(REFUSED).resolves({});
    dynamo.on(QueryCommand).resolves({ Items: [stored({ ...UNTOUCHED, revision: 4, failures: [NOW - 1] })] });
    expect(await fail()).toEqual({ record: { ...UNTOUCHED, revision: 5, failures: [NOW - 1, NOW] }, changed: true });
    expect([writes().length, reads().length]).toEqual([2, 1]);
  });

  it('that finds nothing to do asks once whether that is so', async () => {
    const close = closedByHand(NOW, 'It is well.');
    expect(await store.change('billing', UNTOUCHED, close, 'corr_1')).toEqual({ record: UNTOUCHED, changed: false });
    expect([writes().length, reads().length]).toEqual([0, 1]);
  });

  it('gives up where the breaker keeps changing', async () => {
    dynamo.on(TransactWriteCommand).rejects(REFUSED);
    await expect(fail()).rejects.toThrow('The breaker of billing kept changing.');
    expect(writes().length).toBeLessThanOrEqual(50);
  });

  it('fails where the table does, without another try', async () => {
    dynamo.on(TransactWriteCommand).rejects(new Error('no route'));
    await expect(fail()).rejects.toThrow('no route');
    expect(writes()).toHaveLength(1);
  });
});

describe('a turn', () => {
  const open = () => store.change('billing', UNTOUCHED, openedByHand(NOW, 'We move it.'), 'corr_1');

  it('goes to the row and to the event log in one transaction, where no other stands at its version', async () => {
    await open();
    expect(writes()).toMatchObject([
      [
        { Put: { TableName: 'Services', Item: { part: 'call#breaker', revision: 1 } } },
        {
          Put: {
            TableName: 'Log',
            ConditionExpression: 'attribute_not_exists(aggregateId)',
            Item: {
              aggregateId: 'breaker_billing',
              version: 1,
              events: [{ type: 'BreakerOpened' }],
              metadata: { correlationId: 'corr_1' },
            },
          },
        },
      ],
    ]);
  });

  it('is told in the log, and one that opens by a metric', async () => {
    await open();
    expect(logs.lines()).toMatchObject([
      { message: 'Committed', aggregateId: 'breaker_billing', correlationId: 'corr_1' },
      {
        level: 'WARN',
        message: 'Breaker turned',
        breaker: 'billing',
        from: 'closed',
        to: 'open',
        reason: 'We move it.',
      },
    ]);
    expect(logs.metrics()).toMatchObject([{ OpenedBreakers: 1 }]);
  });

  it('that closes is no metric', async () => {
    const known: BreakerRecord = { ...UNTOUCHED, state: 'open', revision: 1, version: 1 };
    await store.change('billing', known, closedByHand(NOW, 'It is moved.'), 'corr_1');
    expect(logs.lines().at(-1)).toMatchObject({ level: 'INFO', to: 'closed' });
    expect(logs.metrics()).toEqual([]);
  });

  it('that was refused tells nothing', async () => {
    dynamo.on(TransactWriteCommand).rejects(REFUSED);
    await expect(open()).rejects.toThrow('kept changing');
    expect([logs.lines(), logs.metrics()]).toEqual([[], []]);
  });
});

describe('counts', () => {
  it('are added in a transaction, whose token keeps them from being added twice', async () => {
    await store.count('billing', { success: 5, error: 2, rejected: 0 });
    expect(writes()).toEqual([
      [
        {
          Update: {
            TableName: 'Services',
            Key: { name: 'billing', part: 'counts' },
            UpdateExpression: 'ADD success :success, #error :error, rejected :rejected',
            ExpressionAttributeNames: { '#error': 'error' },
            ExpressionAttributeValues: { ':success': 5, ':error': 2, ':rejected': 0 },
          },
        },
      ],
    ]);
  });

  it.each([
    [undefined, { success: 0, error: 0, rejected: 0 }],
    [
      { name: 'billing', part: 'counts', success: 3, error: 1 },
      { success: 3, error: 1, rejected: 0 },
    ],
  ])('are read as they stand: %j', async (Item, expected) => {
    dynamo.on(GetCommand).resolves(Item === undefined ? {} : { Item });
    expect(await store.counted('billing')).toEqual(expected);
  });
});
