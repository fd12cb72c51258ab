import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { masterSecret } from '../../shared/platform/master-secret.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { dynamoSecretRows, webhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import { webhookSender } from '../../shared/platform/webhooks/webhook-sender.ts';
import { eventBridgePatterns } from '../adapters/event-rules.ts';
import { keeperCalls } from '../adapters/keeper-calls.ts';
import { subscriptionEndpoints } from '../adapters/subscription-endpoints.ts';
import { dynamoSubscriptionStore } from '../adapters/subscription-store.ts';

const client = dynamoClient();
const rules = addressRules();
const now = () => Date.now();

export const handler = httpPipeline(
  subscriptionEndpoints({
    subscriptions: dynamoSubscriptionStore({ client, table: requireEnv(ENV.subscriptionsTable) }),
    patterns: eventBridgePatterns(),
    secrets: webhookSecrets({
      master: masterSecret(requireEnv(ENV.webhookMaster)),
      rows: dynamoSecretRows({ client, table: requireEnv(ENV.webhooksTable) }),
      now,
    }),
    send: webhookSender({ request: guardedRequest(rules), now }),
    addressFaults: (address, path) => addressFaults(address, path, rules),
    keep: keeperCalls(requireEnv(ENV.subscriptionKeeper)),
  }),
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
