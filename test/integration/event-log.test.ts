import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe } from 'vitest';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { output } from '../support/cloud/cloud.ts';
import { eventLogContract } from '../support/log/event-log-contract.ts';
import { loseAnswers } from '../support/log/lost-answers.ts';
import { tableLike } from '../support/log/table-like.ts';
import { runs } from '../support/seeds.ts';

describe('the log in DynamoDB', () => {
  const table = tableLike(output('EventLogTable'));
  const client = dynamoClient();
  eventLogContract({
    open: async () => dynamoEventLog(client, await table),
    openLosing: async (random) => {
      const losing = new DynamoDBClient({});
      const { lost } = loseAnswers(losing, random);
      const log = dynamoEventLog(DynamoDBDocumentClient.from(losing), await table);
      return { log, lost, seen: false };
    },
    drills: Math.max(1, runs() / 100),
  });
});
