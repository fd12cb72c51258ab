import { describe } from 'vitest';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoCommandReceipts } from '../../functions/tasks/adapters/dynamo-command-receipts.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';
import { commandReceiptsContract } from '../support/tasks/command-receipts-contract.ts';

describe('receipts of commands in DynamoDB', () => {
  const table = tableLike(output('IdempotencyTable'));
  const client = dynamoClient();
  commandReceiptsContract(async () => dynamoCommandReceipts(client, await table));
});
