import { ENV } from '../../contracts/env.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { masterSecret } from '../../shared/platform/master-secret.ts';
import { addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { callHttpService } from '../../shared/platform/outgoing/http-service.ts';
import { sagaServicePipeline } from '../../shared/platform/sagas/saga-service-pipeline.ts';
import type { StepKey } from '../../shared/platform/sagas/step-tokens.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { apiAddress } from '../adapters/api-address.ts';
import { completionToken } from '../adapters/completion-token.ts';
import { httpSteps } from '../adapters/http-steps.ts';

/** A step whose limit is longer has to be answered later (api.md, "Sagas"). */
const LONGEST_MS = 60_000;

const client = dynamoClient();
const store = ownServiceStore(client);
const breaker = ownBreaker(store);
const request = guardedRequest(addressRules());
const address = apiAddress(requireEnv(ENV.apiAddress));
const master = masterSecret(requireEnv(ENV.webhookMaster));
const completeUrl = async (step: StepKey) =>
  `${await address()}/api/v1/completions/${completionToken(await master(), step)}`;

export const handler = sagaServicePipeline(
  httpSteps({ store, breaker, completeUrl, call: (one) => callHttpService({ ...one, request }) }),
  {
    log: dynamoEventLog(client, requireEnv(ENV.eventLogTable)),
    tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
    breaker,
    // It has no service of its own: each of those that it calls is asked by itself.
    checkHealth: async () => {},
    longestMs: LONGEST_MS,
  },
).before(async ({ event }) => {
  // Before any call: what we lack is no fault of a service.
  if (event.do === 'run') await Promise.all([address(), master()]);
});
