import { ENV } from '../../contracts/env.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { callHttpService } from '../../shared/platform/outgoing/http-service.ts';
import { dynamoDeliveryWrites } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { systemClock } from './clock.ts';
import { dynamoRequestStore } from './dynamo-request-store.ts';
import { tryQueue } from './request-orders.ts';
import type { RunRequest } from './request-runner.ts';
import { requestRunner } from './request-runner.ts';
import { serviceCalls } from './service-calls.ts';

/** The runner of this environment: the same for whoever waits for a request, and for the queue. */
export function ownRunner(): RunRequest {
  const client = dynamoClient();
  const store = ownServiceStore(client);
  const request = guardedRequest(addressRules());
  const deliveries = dynamoDeliveryWrites({ table: requireEnv(ENV.webhooksTable) });
  return requestRunner({
    requests: dynamoRequestStore({ client, table: requireEnv(ENV.requestsTable), deliveries }),
    prepare: serviceCalls({ store, breaker: ownBreaker(store), call: (one) => callHttpService({ ...one, request }) }),
    order: tryQueue(requireEnv(ENV.requestsQueue)),
    kick: webhookKicks(requireEnv(ENV.webhooksQueue)),
    clock: systemClock,
  });
}
