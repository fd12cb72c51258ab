import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ContractTestResult } from '../../contracts/service-contract.ts';

/** A contract test that was asked for; `result` once it has run. Times are ISO 8601, UTC. */
export interface ContractTestRecord {
  testId: string;
  name: string;
  startedAt: string;
  result?: ContractTestResult;
}

/** Contract tests and their results, for a day. */
export interface ContractTests {
  save(test: ContractTestRecord): Promise<void>;
  find(name: string, testId: string): Promise<ContractTestRecord | undefined>;
}

const KEPT_SECONDS = 24 * 3600;

export function dynamoContractTests(client: DynamoDBDocumentClient, table: string): ContractTests {
  const partOf = (testId: string): string => `test#${testId}`;
  return {
    async save({ result, ...test }) {
      const expiresAt = Math.floor(Date.parse(test.startedAt) / 1000) + KEPT_SECONDS;
      const item = { ...test, part: partOf(test.testId), expiresAt, ...(result && { result: JSON.stringify(result) }) };
      await client.send(new PutCommand({ TableName: table, Item: item }));
    },
    async find(name, testId) {
      const key = { name, part: partOf(testId) };
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      // DynamoDB removes what has expired when it likes.
      if (Item === undefined || Item.expiresAt * 1000 < Date.now()) return undefined;
      const { part: _, expiresAt: __, result, ...test } = Item;
      return { ...test, ...(result && { result: JSON.parse(result) }) } as ContractTestRecord;
    },
  };
}
