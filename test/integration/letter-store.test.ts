import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe } from 'vitest';
import { deadLetterModel } from '../../functions/contracts/dead-letters.ts';
import { dynamoLetterStore } from '../../functions/dead-letters/adapters/dynamo-letter-store.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { dynamoReadModels } from '../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { output } from '../support/cloud/cloud.ts';
import { letterStoreContract } from '../support/dead-letters/letter-store-contract.ts';
import { tableLike } from '../support/log/table-like.ts';

/** In tables of their own: alarms and groups go by the deployed one. */
describe('letters in DynamoDB', () => {
  const letters = tableLike(output('DeadLettersTable'));
  const events = tableLike(output('EventLogTable'));
  const client = dynamoClient();
  letterStoreContract(async () => {
    const [table, eventLog] = await Promise.all([letters, events]);
    const rows = dynamoReadModels(client, table, deadLetterModel);
    const log = dynamoEventLog(client, eventLog);
    return {
      store: dynamoLetterStore({ client, table, eventLog }),
      record: async (row) => void (await rows.put({ row, version: 1 }, 0)),
      history: async (id) => (await log.load(id)).commits,
      async expiresAt(id) {
        const key = { id: `dead-letters#1#${id}` };
        return (await client.send(new GetCommand({ TableName: table, Key: key }))).Item?.expiresAt;
      },
    };
  });
});
