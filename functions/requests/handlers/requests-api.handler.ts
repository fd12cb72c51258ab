import { ENV } from '../../contracts/env.ts';
import { ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { systemClock } from '../adapters/clock.ts';
import { deliveryEndpoints } from '../adapters/delivery-endpoints.ts';
import { dynamoRequestLists } from '../adapters/dynamo-request-list.ts';
import { dynamoRequestStore } from '../adapters/dynamo-request-store.ts';
import { requestEndpoints } from '../adapters/request-endpoints.ts';
import { tryQueue } from '../adapters/request-orders.ts';
import { runnerInvoke } from '../adapters/runner-invoke.ts';

const client = dynamoClient();
const rules = addressRules();
const deliveries = dynamoDeliveryStore({ client, table: requireEnv(ENV.webhooksTable) });
const at = { client, table: requireEnv(ENV.requestsTable) };
const requests = { ...dynamoRequestStore({ ...at, deliveries }), ...dynamoRequestLists(at) };

export const handler = httpPipeline(
  [
    ...requestEndpoints({
      requests,
      services: ownServiceStore(client),
      addressFaults: (text, path) => addressFaults(text, path, rules),
      invoke: runnerInvoke(requireEnv(ENV.requestRunner)),
      order: tryQueue(requireEnv(ENV.requestsQueue)),
      clock: systemClock,
    }),
    ...deliveryEndpoints({ requests, deliveries, kick: webhookKicks(requireEnv(ENV.webhooksQueue)) }),
  ],
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
