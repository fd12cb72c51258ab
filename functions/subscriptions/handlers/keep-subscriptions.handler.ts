import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoCommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { parkedStreams, unpark } from '../../shared/platform/webhooks/parked-streams.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { eventBridgePatterns, eventBridgeRules } from '../adapters/event-rules.ts';
import type { KeepSubscription } from '../adapters/keeper-calls.ts';
import { keeperCalls } from '../adapters/keeper-calls.ts';
import { ownDeliveries } from '../adapters/own-deliveries.ts';
import { subscriptionKeeper } from '../adapters/subscription-keeper.ts';
import { dynamoSubscriptionStore } from '../adapters/subscription-store.ts';

const client = dynamoClient();
const webhooks = { client, table: requireEnv(ENV.webhooksTable) };

const keeper = subscriptionKeeper({
  subscriptions: dynamoSubscriptionStore({ client, table: requireEnv(ENV.subscriptionsTable) }),
  rules: eventBridgeRules({
    bus: requireEnv(ENV.eventBus),
    prefix: requireEnv(ENV.subscriptionRules),
    inbox: requireEnv(ENV.subscriptionInbox),
    deadLetters: requireEnv(ENV.subscriptionDeadLetters),
  }),
  patterns: eventBridgePatterns(),
  feed: dynamoCommitFeed(client, requireEnv(ENV.eventLogTable)),
  give: ownDeliveries(client),
  parked: (subscriptionId) => parkedStreams(webhooks, subscriptionId),
  unpark: (stream, subscriptionId) => unpark(webhooks, { stream, subscriptionId }, new Date().toISOString()),
  kick: webhookKicks(requireEnv(ENV.webhooksQueue)),
  again: keeperCalls(requireEnv(ENV.subscriptionKeeper)),
  now: () => Date.now(),
});

export const handler = subscriberPipeline<KeepSubscription>(({ subscriptionId }) =>
  subscriptionId === undefined ? keeper.all() : keeper.one(subscriptionId),
);
