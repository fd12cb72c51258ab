import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { apiCaller } from '../../support/api/api-calls.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { Received } from '../../support/outgoing/fault-server.ts';
import { answer, faultServer } from '../../support/outgoing/fault-server.ts';
import { MemoryEventBridge } from '../../support/subscriptions/memory-event-bridge.ts';
import type { NewSubscription } from '../../support/subscriptions/subscription-api.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

captureLogLines();
const sqs = mockClient(SQSClient);
const secrets = mockClient(SecretsManagerClient);
memoryTable();
const { rowsOf } = memoryDocuments({
  subscriptions: ['kind', 'id'],
  webhooks: ['stream', 'part'],
  log: ['aggregateId', 'version'],
  marks: ['aggregateId', 'version'],
});

const VARIABLES = {
  [ENV.stage]: 'test',
  [ENV.subscriptionId]: 'subscriptions',
  [ENV.maxAttempts]: '3',
  [ENV.subscriptionsTable]: 'subscriptions',
  [ENV.webhooksTable]: 'webhooks',
  [ENV.eventLogTable]: 'log',
  [ENV.marksTable]: 'marks',
  [ENV.idempotencyTable]: 'Idempotency',
  [ENV.eventBus]: 'maos-test',
  [ENV.subscriptionRules]: 'maos-test-',
  [ENV.subscriptionInbox]: 'arn:inbox',
  [ENV.subscriptionDeadLetters]: 'arn:letters',
  [ENV.subscriberLetters]: 'letters',
  [ENV.deadLetterQueue]: 'https://queues.example/letters',
  [ENV.sourceQueue]: 'https://queues.example/keeper',
  [ENV.subscriptionKeeper]: 'https://queues.example/keeper',
  [ENV.webhooksQueue]: 'https://queues.example/webhooks',
  [ENV.webhookMaster]: 'arn:master',
  [ENV.webhookDelays]: '5,60',
  [ENV.plainHttpHosts]: '127.0.0.1',
};
const START = Date.parse('2026-08-19T10:00:00.000Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  for (const [name, value] of Object.entries(VARIABLES)) vi.stubEnv(name, value);
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://queues.example/letters' });
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'the master' });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

type QueueHandler = (event: { Records: SQSRecord[] }, context: Context) => Promise<SQSBatchResponse>;

/** Hands a message to a function behind a queue, which takes it. */
async function deliver(handler: unknown, message: unknown): Promise<void> {
  const attributes = { ApproximateReceiveCount: '1' };
  const record = { messageId: 'm', receiptHandle: 'h', body: JSON.stringify(message), attributes } as SQSRecord;
  const { batchItemFailures } = await (handler as QueueHandler)({ Records: [record] }, {} as Context);
  expect(batchItemFailures).toEqual([]);
}

/** What was sent to a queue since this was asked last. */
function sent(queue: string): { body: unknown; delay: number | undefined }[] {
  const calls = sqs.commandCalls(SendMessageCommand, { QueueUrl: `https://queues.example/${queue}` });
  const messages = calls.map(({ args: [{ input }] }) => ({
    body: JSON.parse(input.MessageBody ?? ''),
    delay: input.DelaySeconds,
  }));
  sqs.resetHistory();
  return messages;
}

it('a subscription lives from its creation to its end in the functions as they are deployed', async () => {
  const { origin, requests } = await faultServer(answer(200));
  const bridge = new MemoryEventBridge(Date.now);
  bridge.delayMs = () => 60_000;
  const functions = '../../../functions';
  const api = apiCaller((await import(`${functions}/subscriptions/handlers/subscriptions-api.handler.ts`)).handler);
  const events = apiCaller((await import(`${functions}/events/handlers/events-api.handler.ts`)).handler);
  const { handler: keep } = await import(`${functions}/subscriptions/handlers/keep-subscriptions.handler.ts`);
  const { handler: matched } = await import(`${functions}/subscriptions/handlers/matched-events.handler.ts`);
  const { handler: send } = await import(`${functions}/webhooks/handlers/send-webhooks.handler.ts`);

  const asked = { eventType: 'order.*', filter: { color: ['red'] }, target: { url: `${origin}/hook` } };
  const made = await api({ method: 'POST', path: '/api/v1/subscriptions', body: asked, remainingMs: 28_000 });
  const { subscriptionId: id, secret, status } = made.json.data as NewSubscription;
  expect([made.status, status]).toEqual([201, 'pending']);
  const body = { eventType: 'order.placed', source: 'shop', data: { color: 'red' } };
  const event = (await events({ method: 'POST', path: '/api/v1/events', body })).json.data as AnyEvent;

  // The rule is put, and does not know of the event: the log does.
  for (const { body: call } of sent('keeper')) await deliver(keep, call);
  expect([...bridge.rules.keys()]).toEqual([`maos-test-${id}`]);
  const [again] = sent('keeper');
  expect(again?.delay).toBe(7);
  vi.setSystemTime(START + 7000);
  await deliver(keep, again?.body);
  const kicks = sent('webhooks');
  expect(kicks).toMatchObject([{ body: { detail: { stream: `${id}-${event.eventId}` } } }]);

  // What the rule brings too is the same event.
  vi.setSystemTime(START + 61_000);
  const messages = bridge.publish(event);
  expect(messages).toHaveLength(1);
  await deliver(matched, messages[0]);
  expect(sent('webhooks')).toEqual([]);
  await deliver(send, kicks[0]?.body);
  const { headers, body: bytes } = requests[0] as Received;
  const said = new Webhook(secret).verify(bytes, headers as Record<string, string>);
  expect(said).toEqual({ subscriptionId: id, event });
  expect([requests.length, headers['webhook-id']]).toEqual([1, event.eventId]);
  const { json } = await api({ path: `/api/v1/subscriptions/${id}` });
  expect(json.data).toMatchObject({ status: 'active', metrics: { success: 1, error: 0 } });

  // The clock calls for all of them.
  expect((await api({ method: 'DELETE', path: `/api/v1/subscriptions/${id}` })).status).toBe(204);
  await deliver(keep, { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
  expect([bridge.rules.size, JSON.stringify([...rowsOf('subscriptions').keys()])]).toEqual([
    0,
    expect.not.stringContaining(id),
  ]);
  await deliver(matched, messages[0]);
  expect(sent('webhooks')).toEqual([]);
});
