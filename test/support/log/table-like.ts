import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';

/**
 * An empty table with the keys and indexes of a deployed one, but no stream, for as long as the test file runs: thousands of commits
 * of a drill would keep the publisher busy for minutes, and other tests would wait behind them.
 */
export function tableLike(deployed: string): Promise<string> {
  const client = new DynamoDBClient({});
  const name = `${deployed}-drill-${Date.now()}`;
  afterAll(() => client.send(new DeleteTableCommand({ TableName: name })));
  return create(client, deployed, name);
}

async function create(client: DynamoDBClient, deployed: string, name: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: deployed }));
  const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: Table?.KeySchema,
      AttributeDefinitions: Table?.AttributeDefinitions,
      GlobalSecondaryIndexes: indexes,
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
  return name;
}
