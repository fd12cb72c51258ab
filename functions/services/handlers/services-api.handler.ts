import { ENV } from '../../contracts/env.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { callHttpService, pingHttpService } from '../../shared/platform/outgoing/http-service.ts';
import { breakerEndpoints } from '../adapters/breaker-endpoints.ts';
import { serviceEndpoints } from '../adapters/service-endpoints.ts';
import { builtInHealth } from '../adapters/service-health.ts';
import { dynamoServiceRegistry } from '../adapters/service-registry.ts';

const client = dynamoClient();
const store = ownServiceStore(client);
const registry = dynamoServiceRegistry({ client, table: requireEnv(ENV.servicesTable) });
const rules = addressRules();
const request = guardedRequest(rules);
const PING_MS = 5000;
const checks = {
  builtIn: builtInHealth({
    'agent-service': requireEnv(ENV.agentServiceArn),
    'storage-service': requireEnv(ENV.storageServiceArn),
  }),
  http: (service: { endpoint: string; healthPath: string }) =>
    pingHttpService({ ...service, request, timeoutMs: PING_MS }),
};

export const handler = httpPipeline([
  ...serviceEndpoints({ registry, store, checks, addressFaults: (text, path) => addressFaults(text, path, rules) }),
  ...breakerEndpoints({
    store,
    breaker: ownBreaker(store),
    call: (one) => callHttpService({ ...one, request }),
  }),
]);
