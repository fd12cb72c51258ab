import { describe } from 'vitest';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoReadModels } from '../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { output } from '../support/cloud/cloud.ts';
import { readModelContract } from '../support/read-models/read-model-contract.ts';

describe('read models in DynamoDB', () => {
  const table = output('ReadModelsTable');
  const client = dynamoClient();
  readModelContract(async (model) => dynamoReadModels(client, table, model));
});
