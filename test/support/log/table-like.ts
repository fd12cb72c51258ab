import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { createTableLike } from '../../../bench/table-like.ts';

/**
 * An empty table with the keys and indexes of a deployed one, but no stream, for as long as the test file runs: thousands of commits
 * of a drill would keep the publisher busy for minutes, and other tests would wait behind them.
 */
export async function tableLike(deployed: string): Promise<string> {
  const client = new DynamoDBClient({});
  const name = `${deployed}-drill-${Date.now()}`;
  afterAll(() => client.send(new DeleteTableCommand({ TableName: name })));
  await createTableLike(client, deployed, name);
  return name;
}
