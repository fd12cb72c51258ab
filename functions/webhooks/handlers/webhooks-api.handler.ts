import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { masterSecret } from '../../shared/platform/master-secret.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { dynamoSecretRows, webhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import { webhookSender } from '../../shared/platform/webhooks/webhook-sender.ts';
import { secretEndpoints } from '../adapters/secret-endpoints.ts';

const rules = addressRules();
const now = () => Date.now();

export const handler = httpPipeline(
  secretEndpoints({
    secrets: webhookSecrets({
      master: masterSecret(requireEnv(ENV.webhookMaster)),
      rows: dynamoSecretRows({ client: dynamoClient(), table: requireEnv(ENV.webhooksTable) }),
      now,
    }),
    send: webhookSender({ request: guardedRequest(rules), now }),
    addressFaults: (url, path) => addressFaults(url, path, rules),
  }),
);
