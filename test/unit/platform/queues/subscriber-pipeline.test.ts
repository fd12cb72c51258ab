import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../../functions/contracts/env.ts';
import type { StoredEvent } from '../../../../functions/contracts/event.ts';
import { storedEvents } from '../../../../functions/shared/platform/log/stored-event.ts';
import {
  backoffSeconds,
  subscriberPipeline,
} from '../../../../functions/shared/platform/queues/subscriber-pipeline.ts';
import { commitOf } from '../../../support/log/commits.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
const sqs = mockClient(SQSClient);

beforeEach(() => {
  sqs.reset();
  vi.stubEnv(ENV.stage, 'test');
  vi.stubEnv(ENV.subscriptionId, 'projection-tasks');
  vi.stubEnv(ENV.maxAttempts, '3');
  vi.stubEnv(ENV.deadLetterQueue, 'https://queues.example/letters');
  vi.stubEnv(ENV.sourceQueue, 'https://queues.example/inbox');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const [event] = storedEvents(commitOf('task_1', 0, 'a secret text')) as [StoredEvent];
const envelope = JSON.stringify({ source: 'domain', 'detail-type': event.eventType, detail: event });

function message(messageId: string, body = envelope, receives = 1): SQSRecord {
  const attributes = { ApproximateReceiveCount: String(receives) };
  return { messageId, receiptHandle: `handle-${messageId}`, body, attributes } as SQSRecord;
}

async function deliver(handle: (event: StoredEvent) => Promise<void>, ...messages: SQSRecord[]): Promise<string[]> {
  const response = (await subscriberPipeline(handle)({ Records: messages }, {} as Context)) as SQSBatchResponse;
  return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const broken = () => Promise.reject(new Error('the table is gone'));
const fine = async () => undefined;
const letters = () =>
  sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => ({
    queue: input.QueueUrl,
    letter: JSON.parse(input.MessageBody ?? '') as Record<string, unknown>,
  }));
const backoffs = () => sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args: [{ input }] }) => input);
const metrics = () => logs.entries().filter((line) => '_aws' in line);

describe('a message', () => {
  it('is handed over as the stored event that it carries, and is done', async () => {
    const seen: StoredEvent[] = [];
    const failures = await deliver(async (one) => {
      seen.push(one);
    }, message('m1'));
    expect([seen, failures, sqs.calls()]).toEqual([[event], [], []]);
  });

  it.each([
    { receives: 1, seconds: 2 },
    { receives: 2, seconds: 4 },
  ])('that failed at try $receives comes again after $seconds s', async ({ receives, seconds }) => {
    expect(await deliver(broken, message('m1', envelope, receives))).toEqual(['m1']);
    expect(backoffs()).toEqual([
      { QueueUrl: 'https://queues.example/inbox', ReceiptHandle: 'handle-m1', VisibilityTimeout: seconds },
    ]);
    expect(letters()).toEqual([]);
  });

  it.each([3, 4])('that failed at try %i of 3 goes to the dead letters, and is done', async (receives) => {
    expect(await deliver(broken, message('m1', envelope, receives))).toEqual([]);
    expect(letters()).toEqual([
      {
        queue: 'https://queues.example/letters',
        letter: {
          subscriptionId: 'projection-tasks',
          eventType: 'domain.Noted',
          message: envelope,
          error: 'the table is gone',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          retryCount: receives - 1,
        },
      },
    ]);
    expect(backoffs()).toEqual([]);
  });

  it('is not lost where the dead letters cannot be reached', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('no route'));
    expect(await deliver(broken, message('m1', envelope, 3))).toEqual(['m1']);
    expect(letters()).toHaveLength(1);
  });

  it('is not lost where its backoff cannot be set', async () => {
    sqs.on(ChangeMessageVisibilityCommand).rejects(new Error('no route'));
    expect(await deliver(broken, message('m1'))).toEqual(['m1']);
    expect(backoffs()).toHaveLength(1);
  });

  it.each([
    ['not JSON', '{"detail":'],
    ['no envelope', '"text"'],
    ['null', 'null'],
    ['an envelope without an event', '{"source":"domain"}'],
    ['an event without a type', '{"detail":{}}'],
    ['an event whose type is no text', '{"detail-type":{"a":1},"detail":{}}'],
    ['an event whose type is longer than any', `{"detail-type":"${'t'.repeat(129)}","detail":{}}`],
  ])('that is %s is dead-lettered as unreadable after its last try', async (_what, body) => {
    const handle = async ({ data }: StoredEvent) => {
      if (data.version < 1) throw new Error('never reached');
    };
    expect(await deliver(handle, message('m1', body, 1))).toEqual(['m1']);
    expect(await deliver(handle, message('m1', body, 3))).toEqual([]);
    expect(letters()).toMatchObject([{ letter: { eventType: 'unreadable', message: body } }]);
  });

  it('that is not JSON is said to be just that, and not quoted', async () => {
    expect(await deliver(fine, message('m1', 'secret', 3))).toEqual([]);
    expect(letters()).toMatchObject([{ letter: { error: 'The message is not JSON.' } }]);
    expect(logs.text()).toContain('The message is not JSON.');
    expect(logs.text()).not.toContain('secret');
  });

  it('does no harm to its neighbours', async () => {
    const done: string[] = [];
    const handle = async ({ eventId }: StoredEvent) => {
      if (eventId === 'bad-1') throw new Error('bad');
      done.push(eventId);
    };
    const of = (id: string) => JSON.stringify({ detail: storedEvents(commitOf(id, 0, 'x'))[0] });
    const failures = await deliver(
      handle,
      message('m1', of('a')),
      message('m2', 'unreadable'),
      message('m3', of('bad')),
      message('m4', of('bad'), 3),
      message('m5', of('b')),
    );
    expect(done).toEqual(['a-1', 'b-1']);
    expect(failures).toEqual(['m2', 'm3']);
    expect(letters()).toHaveLength(1);
  });

  it('comes again also where every message of the batch failed', async () => {
    expect(await deliver(broken, message('m1'), message('m2'))).toEqual(['m1', 'm2']);
  });
});

describe('a message that is no stored event', () => {
  const detail = { executionArn: 'arn:1', status: 'ABORTED' };
  const status = JSON.stringify({ source: 'aws.states', 'detail-type': 'Execution Status Change', detail });

  it('is handed over as the detail of its envelope', async () => {
    const seen: (typeof detail)[] = [];
    const subscriber = subscriberPipeline<typeof detail>(async (one) => void seen.push(one));
    await subscriber({ Records: [message('m1', status)] }, {} as Context);
    expect(seen).toEqual([detail]);
    expect(logs.entries()).toContainEqual(expect.objectContaining({ message: 'Delivered', messageId: 'm1' }));
  });

  it('goes to the dead letters under the type of its envelope', async () => {
    expect(await deliver(broken, message('m1', status, 3))).toEqual([]);
    expect(letters()).toMatchObject([{ letter: { eventType: 'Execution Status Change', message: status } }]);
  });
});

describe('a message that is a dead letter sent again', () => {
  const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const again = (stringValue: string, receives = 1) =>
    ({ ...message('m1', envelope, receives), messageAttributes: { 'maos-redrive-of': { stringValue } } }) as never;

  it('tells its handler which letter it is, and how often a message has come', async () => {
    const seen: object[] = [];
    const subscriber = subscriberPipeline(async (_, delivery) => void seen.push(delivery));
    const Records = [message('m1', envelope, 2), again(LETTER), again('letter_x', 3), again(`${LETTER}\n`, 4)];
    await subscriber({ Records }, {} as Context);
    expect(seen).toEqual([
      { attempt: 2, isLast: false },
      { attempt: 1, isLast: false, redriveOf: LETTER },
      { attempt: 3, isLast: true },
      { attempt: 4, isLast: true },
    ]);
  });

  it('names that letter where it fails once more', async () => {
    expect(await deliver(broken, again(LETTER, 3))).toEqual([]);
    expect(letters()).toMatchObject([{ letter: { error: 'the table is gone', redriveOf: LETTER } }]);
  });
});

describe("a subscriber's lines", () => {
  it('count what went well, what did not and how long it took, under its own name', async () => {
    await deliver(fine, message('m1'), message('m2', '{'));
    expect(metrics()).toEqual([
      expect.objectContaining({ subscriber: 'projection-tasks', service: 'test', success: 1, error: 1 }),
    ]);
    expect(metrics()[0]).toHaveProperty('duration', [expect.any(Number), expect.any(Number)]);
    expect(metrics()[0]).toHaveProperty('_aws.CloudWatchMetrics.0', {
      Namespace: 'MAOS',
      Dimensions: [['service', 'subscriber']],
      Metrics: expect.arrayContaining([
        { Name: 'success', Unit: 'Count' },
        { Name: 'error', Unit: 'Count' },
        { Name: 'duration', Unit: 'Milliseconds' },
      ]),
    });
  });

  it('count a dead-lettered message as an error, too', async () => {
    await deliver(broken, message('m1', envelope, 3));
    expect(metrics()).toEqual([expect.objectContaining({ error: 1 })]);
    expect(metrics()[0]).not.toHaveProperty('success');
  });

  it('name the event and its correlation, and never its data', async () => {
    await deliver(fine, message('m1'));
    await deliver(broken, message('m2'));
    const ids = { eventId: 'task_1-1', correlationId: 'corr_task_1' };
    expect(logs.entries().filter((line) => 'message' in line)).toEqual([
      expect.objectContaining({ level: 'INFO', message: 'Delivered', messageId: 'm1', ...ids }),
      expect.objectContaining({ level: 'ERROR', message: 'Delivery failed', messageId: 'm2', attempt: 1, ...ids }),
    ]);
    expect(logs.text()).not.toContain('a secret text');
  });

  it('take nothing for an id that does not look like one', async () => {
    const detail = { eventId: 'a secret text', metadata: { correlationId: { text: 'a secret text' } } };
    await deliver(fine, message('m1', JSON.stringify({ detail })));
    await deliver(fine, message('m2', JSON.stringify({ detail: { metadata: 'a secret text' } })));
    expect(logs.text().match(/"message":"Delivered"/g)).toHaveLength(2);
    expect(logs.text()).not.toContain('a secret text');
  });
});

describe('the backoff', () => {
  it('doubles, up to five minutes', () => {
    expect([1, 2, 3, 8, 9, 50].map(backoffSeconds)).toEqual([2, 4, 8, 256, 300, 300]);
  });
});
