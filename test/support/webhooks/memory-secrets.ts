import type { SecretRows, WebhookSecrets } from '../../../functions/webhooks/adapters/webhook-secrets.ts';
import { webhookSecrets } from '../../../functions/webhooks/adapters/webhook-secrets.ts';
import type { SecretVersions } from '../../../functions/webhooks/domain/secret-versions.ts';
import { FIRST_SECRET } from '../../../functions/webhooks/domain/secret-versions.ts';

export function memorySecretRows(): SecretRows {
  const rows = new Map<string, SecretVersions>();
  const find = (owner: string) => rows.get(owner) ?? FIRST_SECRET;
  return {
    find: async (owner) => structuredClone(find(owner)),
    async replace(owner, before, after) {
      if (find(owner).version !== before.version) return false;
      rows.set(owner, structuredClone(after));
      return true;
    },
  };
}

export function memorySecrets(): WebhookSecrets {
  return webhookSecrets({ master: async () => 'the master', rows: memorySecretRows(), now: () => Date.now() });
}
