import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { KeyStore } from '../../../cli/key-store.ts';
import type { Scope } from '../../../functions/contracts/api-key.ts';
import { filesPrefix, stagingPrefix } from '../../../functions/contracts/file-keys.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { LocalJson } from '../../../local/cloud/local-json.ts';
import { waitFor } from '../../../local/process/waiting.ts';

function readCloud(): LocalJson {
  try {
    return LocalJson.parse(JSON.parse(readFileSync(process.env.MAOS_LOCAL_JSON ?? '', 'utf8')));
  } catch {
    throw new Error('MAOS_LOCAL_JSON names no deployed local cloud: start it with npm run test:e2e.');
  }
}

/** The local cloud that the runner deployed for these tests. AWS clients find it by the environment that the runner set. */
export const cloud: LocalJson = readCloud();

/** An output of the deployed stacks. */
export function output(name: string): string {
  const value = cloud.outputs[name];
  if (value === undefined) throw new Error(`The deployed stacks have no output ${name}.`);
  return value;
}

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** A new key that no call has used yet, so that no authorizer's answer is kept for it. */
export async function newKey(...scopes: Scope[]): Promise<string> {
  const { key } = await keys().create('a test', scopes);
  return key;
}

/** Like {@link newKey}, and revoked before anybody used it. */
export async function revokedKey(...scopes: Scope[]): Promise<string> {
  const { keyId, key } = await keys().create('a test', scopes);
  await keys().revoke(keyId);
  return key;
}

function keys(): KeyStore {
  return new KeyStore(documents, output('KeysTable'));
}

/** How many commits the log holds under this correlation id: lists may lag, the log does not. */
export async function commitsOf(correlationId: string): Promise<number> {
  const pages = paginateScan(
    { client: documents },
    {
      TableName: output('EventLogTable'),
      ConsistentRead: true,
      Select: 'COUNT',
      FilterExpression: 'metadata.correlationId = :id',
      ExpressionAttributeValues: { ':id': correlationId },
    },
  );
  let count = 0;
  for await (const page of pages) count += page.Count ?? 0;
  return count;
}

/** Waits until so many tasks of a type stand in their queue, which the API shows to nobody. */
export async function untilWaiting(taskType: string, count: number): Promise<void> {
  const look = async () => {
    const { Count } = await documents.send(
      new QueryCommand({
        TableName: output('AgentsTable'),
        KeyConditionExpression: 'pk = :queue',
        ExpressionAttributeValues: { ':queue': `queue#${taskType}` },
        ConsistentRead: true,
      }),
    );
    return Count === count || undefined;
  };
  const there = await waitFor(look, { everyMs: 200, limitMs: 20_000 });
  if (there === undefined) throw new Error(`${count} tasks of the type ${taskType} do not wait after 20 s.`);
}

/** The commits of an aggregate that the API does not show: a saga's, a work's. */
export async function commitsOfAggregate(aggregateId: string): Promise<readonly Commit[]> {
  return (await dynamoEventLog(documents, output('EventLogTable')).load(aggregateId)).commits;
}

/** Their events. */
export async function historyOfAggregate(aggregateId: string): Promise<NewEvent[]> {
  return (await commitsOfAggregate(aggregateId)).flatMap(({ events }) => events);
}

/** Everything that the bucket holds of a task, staged or stored. */
export async function filesOf(taskId: string): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of [filesPrefix(taskId), stagingPrefix(taskId)]) {
    const pages = paginateListObjectsV2(
      { client: new S3Client({}) },
      { Bucket: output('FilesBucket'), Prefix: prefix },
    );
    for await (const { Contents = [] } of pages) keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}
