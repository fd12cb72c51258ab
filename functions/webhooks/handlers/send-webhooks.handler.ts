import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { envList, requireEnv } from '../../shared/platform/env.ts';
import { masterSecret } from '../../shared/platform/master-secret.ts';
import { addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { deadLetterQueue, deadLetterQueueBeside } from '../../shared/platform/queues/dead-letter-queue.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { dynamoSubscriptionStates } from '../../shared/platform/subscriptions/subscription-states.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import type { WebhooksDue } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { dynamoSecretRows, webhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import { webhookSender } from '../../shared/platform/webhooks/webhook-sender.ts';
import { dynamoDeliveryQueue } from '../adapters/dynamo-delivery-queue.ts';
import { letterRedriver } from '../adapters/redriven-letter.ts';
import { streamSender } from '../adapters/stream-sender.ts';

/** The function's time is 120 s; the last try must not be cut off by its end. */
const WORKS_FOR_MS = 115_000;

const client = dynamoClient();
const table = requireEnv(ENV.webhooksTable);
const now = () => Date.now();

const send = streamSender({
  queue: dynamoDeliveryQueue({ client, table, eventLog: requireEnv(ENV.eventLogTable) }),
  secrets: webhookSecrets({
    master: masterSecret(requireEnv(ENV.webhookMaster)),
    rows: dynamoSecretRows({ client, table }),
    now,
  }),
  send: webhookSender({ request: guardedRequest(addressRules()), now }),
  deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)),
  subscriptions: dynamoSubscriptionStates({ client, table: requireEnv(ENV.subscriptionsTable) }),
  subscriberLetter: deadLetterQueueBeside(requireEnv(ENV.deadLetterQueue), requireEnv(ENV.subscriberLetters)),
  kick: webhookKicks(requireEnv(ENV.webhooksQueue)),
  schedule: { delaysSeconds: envList(ENV.webhookDelays).map(Number), random: Math.random },
  now,
});

const redrive = letterRedriver(dynamoDeliveryStore({ client, table }));

export const handler = subscriberPipeline<WebhooksDue>(async (due) => {
  await redrive(due, new Date(now()).toISOString());
  await send(due.stream, now() + WORKS_FOR_MS);
});
