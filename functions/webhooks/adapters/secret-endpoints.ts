import { webhookRoutes } from '../../contracts/api/webhook.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { invalid } from '../../shared/kernel/errors.ts';
import type { DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { WebhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import type { SendWebhook } from '../../shared/platform/webhooks/webhook-sender.ts';

export interface SecretEndpointPorts {
  secrets: WebhookSecrets;
  send: SendWebhook;
  addressFaults(url: string, path: string): Promise<Fault[]>;
}

/** The secret that signs a key's callbacks. Each key sees its own, and nobody another's. */
export function secretEndpoints(ports: SecretEndpointPorts) {
  return [
    endpoint(webhookRoutes.getWebhookSecret, async ({ caller }) => {
      const [secret] = await ports.secrets.active(caller.keyId);
      return { kind: 'data', data: { secret } };
    }),
    endpoint(webhookRoutes.rotateWebhookSecret, async ({ caller }) => ({
      kind: 'data',
      data: await ports.secrets.rotate(caller.keyId),
    })),
    endpoint(webhookRoutes.testWebhook, (request) => sendTest(ports, request)),
  ];
}

async function sendTest(
  { secrets, send, addressFaults }: SecretEndpointPorts,
  { body: { url }, caller, correlationId, now, newId }: HttpRequest<typeof webhookRoutes.testWebhook>,
): Promise<DataAnswer> {
  const faults = await addressFaults(url, 'url');
  if (faults.length > 0) throw invalid(faults);
  const webhookId = newId('msg');
  const { attempt, delivered } = await send({
    url,
    webhookId,
    body: JSON.stringify({ type: 'webhook.test', timestamp: now }),
    secrets: await secrets.active(caller.keyId),
    correlationId,
  });
  return { kind: 'data', data: { webhookId, delivered, ...attempt } };
}
