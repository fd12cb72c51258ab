import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import { deadLetterRecorder } from '../../../functions/dead-letters/adapters/dead-letter-recorder.ts';
import { letterSender } from '../../../functions/dead-letters/adapters/letter-sender.ts';
import { subscriberPipeline } from '../../../functions/shared/platform/queues/subscriber-pipeline.ts';
import { letterRecord } from '../../support/dead-letter-samples.ts';
import { deskWorld, LETTERS } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

captureLogLines();
const tables = letterTables();
const sqs = mockClient(SQSClient);
beforeEach(() => {
  sqs.reset();
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://queues.example/inbox' });
  vi.stubEnv(ENV.stage, 'test');
  vi.stubEnv(ENV.subscriptionId, 'task-follower');
  vi.stubEnv(ENV.maxAttempts, '1');
  vi.stubEnv(ENV.deadLetterQueue, 'https://queues.example/letters');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** What was sent last, as its receiver gets it. */
function lastSent(): { body: string; messageAttributes: Record<string, string> } {
  const { MessageBody: body = '', MessageAttributes = {} } =
    sqs.commandCalls(SendMessageCommand).at(-1)?.args[0].input ?? {};
  const entries = Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]);
  return { body, messageAttributes: Object.fromEntries(entries) };
}

it('a letter that fails again becomes another, which leads back to it, and so on until it is done', async () => {
  const desk = deskWorld(tables);
  desk.ports.send = letterSender('test', new Map());
  const record = deadLetterRecorder({ stage: 'test', rows: tables.rows, messages: { put: async () => undefined } });
  const handled: object[] = [];
  const subscriber = subscriberPipeline(async ({ data }) => {
    if ('n' in data.eventData) throw new Error('It knows no n.');
    handled.push(data.eventData);
  });
  const redrive = async (deadLetterId: string, edit?: object) => {
    const { json } = await desk.redrive({ deadLetterIds: [deadLetterId], ...(edit && { edit }) });
    expect(json.data).toMatchObject({ redriven: 1 });
    await subscriber({ Records: [letterRecord(lastSent()) as SQSRecord] }, {} as Context);
  };
  /** The letter that the subscriber has sent. */
  const next = async (messageId: string): Promise<string> => {
    await record(letterRecord({ ...lastSent(), messageId }));
    const { items } = (await desk.call({ query: { status: 'open' } })).json.data as {
      items: { deadLetterId: string }[];
    };
    expect(items).toHaveLength(1);
    return items[0]?.deadLetterId ?? '';
  };
  const first = (await desk.recorded({ message: envelopeOf('task_1', 3) })).deadLetterId;
  await redrive(first);
  const second = await next('m2');
  await redrive(second, { detail: { data: { eventData: { m: 1 } } } });
  const third = await next('m3');
  const { json } = await desk.call({ path: `${LETTERS}/${third}` });
  expect(json.data).toMatchObject({ redriveOf: second, error: 'It knows no n.' });
  // The edited message is the new letter's own.
  const { message } = json.data as { message: string };
  expect(JSON.parse(message).detail.data.eventData).toEqual({ n: 3, m: 1 });
  await redrive(third, { detail: { data: { eventData: { n: null } } } });
  expect(handled).toEqual([{ m: 1 }]);
  const { items } = (await desk.call({})).json.data as { items: { deadLetterId: string; redriveOf?: string }[] };
  const links = items.map(({ deadLetterId, redriveOf }) => [deadLetterId, redriveOf]);
  expect(new Map(links as [string, string][])).toEqual(
    new Map([
      [third, second],
      [second, first],
      [first, undefined as never],
    ]),
  );
});
