import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { dynamoCommandReceipts } from '../../../functions/tasks/adapters/dynamo-command-receipts.ts';
import { commandReceiptsContract } from '../../support/tasks/command-receipts-contract.ts';
import { memoryCommandReceipts } from '../../support/tasks/memory-command-receipts.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('receipts in memory', () => {
  commandReceiptsContract(async () => memoryCommandReceipts());
});

/** What the real table is asked, as far as a small copy of DynamoDB understands it; the deployed one has the last word. */
describe('receipts in a table', () => {
  const { rowsOf } = memoryDocuments({ Idempotency: ['id'] });
  const receipts = dynamoCommandReceipts(dynamoClient(), 'Idempotency');
  const command = { id: 'cmd_1', content: 'one' };
  const answer = { success: true, aggregateId: 'task_1', version: 1, events: [] } as const;
  commandReceiptsContract(async () => receipts);

  it('are forgotten a day after they were last written, whenever the table removes them', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-08-19T10:11:12Z') });
    await receipts.bind(command);
    vi.setSystemTime(new Date('2026-08-19T22:11:12Z'));
    await receipts.keep(command, { ...answer, events: [] });
    expect([...rowsOf('Idempotency').values()]).toContainEqual({
      ...command,
      answer,
      expiresAt: Date.parse('2026-08-20T22:11:12Z') / 1000,
    });
    vi.setSystemTime(new Date('2026-08-20T22:11:11Z'));
    expect(await receipts.bind({ ...command, content: 'other' })).toEqual({ content: 'one', answer });
    vi.setSystemTime(new Date('2026-08-20T22:11:12Z'));
    expect(await receipts.bind({ ...command, content: 'other' })).toEqual({ content: 'other' });
  });

  it('that cannot be written end the command with the fault', async () => {
    mockClient(DynamoDBDocumentClient).on(PutCommand).rejects(new Error('slow down'));
    await expect(receipts.bind({ id: 'cmd_2', content: 'one' })).rejects.toThrow('slow down');
  });
});
