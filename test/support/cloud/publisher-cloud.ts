import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateEventSourceMappingCommand, DeleteEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../functions/contracts/env.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { DOMAIN_SOURCE } from '../../../functions/contracts/event-names.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { SmallQueue } from './small-cloud.ts';
import { smallQueue } from './small-cloud.ts';
import { smallLambda, smallRole } from './small-lambda.ts';
import type { ThrowAway } from './throw-away.ts';

const dynamo = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(dynamo);
const events = new EventBridgeClient({});
const lambda = new LambdaClient({});
const sqs = new SQSClient({});

/** A log, its stream, a publisher whose process can be killed, a bus, and a queue that hears everything. */
export interface PublisherCloud {
  log: EventLog;
  /** From now on the process dies at this point, as often as it is to. */
  killAt(point: string): void;
  /** At which points it has died. */
  kills(): string[];
  /** The events that have come since the last look. */
  heard(): Promise<StoredEvent[]>;
  /** The status of every mark, by aggregate and first version. */
  marks(): Promise<Map<string, string>>;
}

export async function publisherCloud(things: ThrowAway, killsAPoint: number): Promise<PublisherCloud> {
  const folder = killFolder(things);
  const logStream = await commitTable(things, `${things.name}-log`, true);
  await commitTable(things, `${things.name}-marks`, false);
  const queue = await smallQueue(things, 'heard');
  const letters = await smallQueue(things, 'letters');
  await busTo(things, queue);
  const variables = {
    [ENV.stage]: 'local',
    [ENV.subscriptionId]: 'publisher',
    [ENV.eventBus]: things.name,
    [ENV.marksTable]: `${things.name}-marks`,
    [ENV.deadLetterQueue]: letters.url,
    [ENV.maxAttempts]: '3',
    KILL_FOLDER: folder,
    KILLS_A_POINT: String(killsAPoint),
  };
  const file = 'test/support/cloud/killed-publisher.ts';
  await smallLambda(things, { file, roleArn: await smallRole(things), variables });
  await follow(things, logStream);
  return {
    log: dynamoEventLog(documents, `${things.name}-log`),
    killAt: (point) => writeFileSync(join(folder, 'point'), point),
    kills: () => readFileSync(join(folder, 'kills'), 'utf8').split('\n').filter(Boolean),
    heard: () => taken(queue),
    marks: () => marksIn(`${things.name}-marks`),
  };
}

function killFolder(things: ThrowAway): string {
  const folder = mkdtempSync(join(tmpdir(), `${things.name}-`));
  things.removedBy(async () => rmSync(folder, { recursive: true }));
  for (const file of ['kills', 'point']) writeFileSync(join(folder, file), '');
  return folder;
}

/** Keyed as the log and the marks are. */
async function commitTable(things: ThrowAway, TableName: string, stream: boolean): Promise<string> {
  const { TableDescription } = await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'aggregateId', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'aggregateId', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      StreamSpecification: stream ? { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } : { StreamEnabled: false },
    }),
  );
  things.removedBy(() => dynamo.send(new DeleteTableCommand({ TableName })));
  await waitUntilTableExists({ client: dynamo, minDelay: 1, maxWaitTime: 20 }, { TableName });
  return TableDescription?.LatestStreamArn ?? '';
}

async function busTo(things: ThrowAway, queue: SmallQueue): Promise<void> {
  const rule = { Name: things.name, EventBusName: things.name };
  await events.send(new CreateEventBusCommand({ Name: things.name }));
  things.removedBy(() => events.send(new DeleteEventBusCommand({ Name: things.name })));
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [DOMAIN_SOURCE] }) }));
  things.removedBy(() => events.send(new DeleteRuleCommand(rule)));
  const target = { Rule: things.name, EventBusName: things.name };
  await events.send(new PutTargetsCommand({ ...target, Targets: [{ Id: 'queue', Arn: queue.arn }] }));
  things.removedBy(() => events.send(new RemoveTargetsCommand({ ...target, Ids: ['queue'] })));
}

async function follow(things: ThrowAway, EventSourceArn: string): Promise<void> {
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: things.name,
      EventSourceArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  things.removedBy(() => lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
}

async function taken({ url: QueueUrl }: SmallQueue): Promise<StoredEvent[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  if (Messages.length === 0) return [];
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  const some = Messages.map(({ Body = '' }) => (JSON.parse(Body) as { detail: StoredEvent }).detail);
  return [...some, ...(await taken({ url: QueueUrl, arn: '' }))];
}

async function marksIn(TableName: string): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName, ConsistentRead: true })) {
    for (const { aggregateId, version, status } of Items) marks.set(`${aggregateId}-${version}`, status as string);
  }
  return marks;
}
