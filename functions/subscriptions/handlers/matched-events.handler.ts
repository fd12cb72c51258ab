import { ENV } from '../../contracts/env.ts';
import type { AnyEvent } from '../../contracts/event.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { eventBridgePatterns } from '../adapters/event-rules.ts';
import type { MatchedEvent } from '../adapters/matched-events.ts';
import { matchedEvents } from '../adapters/matched-events.ts';
import { ownDeliveries } from '../adapters/own-deliveries.ts';
import { dynamoSubscriptionStore } from '../adapters/subscription-store.ts';

const client = dynamoClient();

export const handler = subscriberPipeline<MatchedEvent | AnyEvent>(
  matchedEvents({
    subscriptions: dynamoSubscriptionStore({ client, table: requireEnv(ENV.subscriptionsTable) }),
    patterns: eventBridgePatterns(),
    give: ownDeliveries(client),
  }),
);
