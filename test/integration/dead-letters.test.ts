import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeadLetterRow } from '../../functions/contracts/dead-letters.ts';
import { deadLetterModel, deadLetterQueueName } from '../../functions/contracts/dead-letters.ts';
import { ENV } from '../../functions/contracts/env.ts';
import { OPEN_DEAD_LETTERS } from '../../functions/contracts/metrics.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { derivedId } from '../../functions/shared/platform/ids.ts';
import { dynamoReadModels } from '../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { output } from '../support/cloud/cloud.ts';
import { smallQueue } from '../support/cloud/small-cloud.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';
import { DISCARDED, ENVELOPE, FAILED_EVENT, UNDELIVERED } from '../support/dead-letter-samples.ts';

const QUEUE = 'publisher';
const sqs = new SQSClient({});
const client = dynamoClient();
const table = output('DeadLettersTable');
const rows = dynamoReadModels(client, table, deadLetterModel);
const recordedIds = new Set<string>();

/** Other tests find no letters of these. */
afterAll(async () => {
  for (const id of recordedIds) {
    await client.send(new DeleteCommand({ TableName: table, Key: { id: `dead-letters#1#${id}` } }));
  }
});

async function urlOf(queue: string): Promise<string> {
  const name = deadLetterQueueName('local', queue);
  return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? '';
}

async function send(url: string, body: string, attributes: Record<string, string> = {}): Promise<string> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { StringValue, DataType: 'String' }]),
  );
  const { MessageId = '' } = await sqs.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes }),
  );
  return MessageId;
}

/** The letter that a message of a queue has become. */
async function letterOf(queue: string, messageId: string): Promise<DeadLetterRow> {
  const id = derivedId('letter', [queue, messageId]);
  recordedIds.add(id);
  const letter = await waitFor(async () => (await rows.get(id))?.row, { everyMs: 100, limitMs: 20_000 });
  if (letter === undefined) throw new Error(`The message ${messageId} of ${queue} is not recorded after 20 s.`);
  return letter;
}

async function sentLetter(body: string, attributes?: Record<string, string>): Promise<DeadLetterRow> {
  return letterOf(QUEUE, await send(await urlOf(QUEUE), body, attributes));
}

async function queued(url: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

/** A subscriber's function, found by its construct's name: its inbox and its log have names that nobody chose. */
async function functionOf(construct: string): Promise<{ inbox: string; logGroupName: string }> {
  for await (const { Functions = [] } of paginateListFunctions({ client: new LambdaClient({}) }, {})) {
    const found = Functions.find(({ FunctionName = '' }) => FunctionName.includes(construct));
    const inbox = found?.Environment?.Variables?.[ENV.sourceQueue];
    const logGroupName = found?.LoggingConfig?.LogGroup;
    if (inbox !== undefined && logGroupName !== undefined) return { inbox, logGroupName };
  }
  throw new Error(`There is no function ${construct} with an inbox and a log.`);
}

/** What stands in each recorded row of these, beside the letter itself. */
const OPEN = { queue: QUEUE, status: 'open', pile: `open:${QUEUE}` };

describe.concurrent('what comes to a dead letter queue is recorded', () => {
  it('a letter of our own', async () => {
    const letter = { ...FAILED_EVENT, message: `{"marker":"${randomUUID()}"}` };
    expect(await sentLetter(JSON.stringify(letter))).toMatchObject({ ...letter, ...OPEN });
  });

  it('an event that EventBridge could not deliver', async () => {
    expect(await sentLetter(ENVELOPE, UNDELIVERED)).toMatchObject({
      ...OPEN,
      subscriptionId: QUEUE,
      eventType: 'domain.TaskCreated',
      message: ENVELOPE,
      error: expect.stringContaining('NO_PERMISSIONS'),
    });
  });

  it('a message that SQS moved by itself, after two tries', async () => {
    await using things = new ThrowAway('dying-subscriber');
    const { QueueArn = '' } = (
      await sqs.send(new GetQueueAttributesCommand({ QueueUrl: await urlOf(QUEUE), AttributeNames: ['QueueArn'] }))
    ).Attributes as { QueueArn?: string };
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 2 });
    const { url } = await smallQueue(things, 'inbox', { RedrivePolicy });
    const messageId = await send(url, ENVELOPE);
    for (let receive = 0; receive < 3; receive += 1) {
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }));
    }
    expect(await letterOf(QUEUE, messageId)).toMatchObject({
      ...OPEN,
      eventType: 'domain.TaskCreated',
      message: ENVELOPE,
      error: expect.stringMatching(/^The function ended/),
      retryCount: 1,
    });
  });

  it('a piece of a stream', async () => {
    const body = JSON.stringify(DISCARDED);
    expect(await sentLetter(body)).toMatchObject({ ...OPEN, eventType: 'stream.Discarded', message: body });
  });

  it('what nobody can read', async () => {
    expect(await sentLetter('{"no')).toMatchObject({ ...OPEN, eventType: 'unreadable', message: '{"no' });
  });

  it('a message too large for a row, whole, in the bucket', async () => {
    const message = JSON.stringify({ ...JSON.parse(ENVELOPE), filler: 'Ж'.repeat(175_000) });
    const letter = await sentLetter(message);
    expect(letter).toMatchObject({
      ...OPEN,
      message: message.slice(0, 1000),
      messageBytes: Buffer.byteLength(message),
      messageKey: `dead-letters/${letter.deadLetterId}`,
    });
    const place = { Bucket: output('FilesBucket'), Key: letter.messageKey };
    const { Body } = await new S3Client({}).send(new GetObjectCommand(place));
    expect(await Body?.transformToString()).toBe(message);
  });

  it('once, however it is looked for, and then it is gone from its queue', async () => {
    const marker = randomUUID();
    const letters = await Promise.all([1, 2, 3].map((n) => sentLetter(JSON.stringify({ marker, n }))));
    const url = await urlOf(QUEUE);
    expect(await waitFor(async () => (await queued(url)) === 0 || undefined, { everyMs: 200, limitMs: 10_000 })).toBe(
      true,
    );
    const [fingerprint] = letters.map((one) => one.fingerprint);
    for (const where of [{ queue: QUEUE }, { fingerprint }, { status: 'open' }, { pile: OPEN.pile }] as const) {
      const { items } = await rows.query({ where: where as Partial<DeadLetterRow>, limit: 100 });
      const ours = items.filter(({ message }) => message.includes(marker));
      expect(ours.map(({ deadLetterId }) => deadLetterId).sort()).toEqual(
        letters.map((one) => one.deadLetterId).sort(),
      );
    }
  });

  it("what a subscriber could not handle, with the subscriber's reason", async () => {
    const marker = `no event ${randomUUID()}`;
    const { inbox } = await functionOf('TasksProjection');
    await send(inbox, marker);
    const look = async () => {
      const { items } = await rows.query({ where: { queue: 'projection-tasks' }, limit: 100 });
      return items.find(({ message }) => message === marker);
    };
    const letter = await waitFor(look, { everyMs: 250, limitMs: 20_000 });
    recordedIds.add(letter?.deadLetterId ?? '');
    expect(letter).toMatchObject({
      subscriptionId: 'projection-tasks',
      eventType: 'unreadable',
      error: 'The message is not JSON.',
      retryCount: 2,
      status: 'open',
    });
  });
});

describe('the count of open letters', () => {
  it('is told for a queue that has some', async () => {
    await sentLetter(`{"marker":"${randomUUID()}"}`);
    const since = Date.now();
    const { inbox, logGroupName } = await functionOf('CountDeadLetters');
    await send(inbox, '{"detail-type":"Scheduled Event","detail":{}}');
    const logs = new CloudWatchLogsClient({});
    const look = async () => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime: since }));
      const lines = events.map(({ message = '' }) => message).filter((line) => line.includes(OPEN_DEAD_LETTERS));
      return lines.map((line) => JSON.parse(line)).find(({ queue }) => queue === QUEUE);
    };
    const told = await waitFor(look, { everyMs: 250, limitMs: 15_000 });
    expect(told).toMatchObject({ service: 'local', queue: QUEUE });
    expect(told[OPEN_DEAD_LETTERS]).toBeGreaterThanOrEqual(1);
  });
});
