import type { SecretVersions } from '../../../functions/shared/platform/webhooks/secret-versions.ts';
import { FIRST_SECRET } from '../../../functions/shared/platform/webhooks/secret-versions.ts';
import type { SecretRows, WebhookSecrets } from '../../../functions/shared/platform/webhooks/webhook-secrets.ts';
import { webhookSecrets } from '../../../functions/shared/platform/webhooks/webhook-secrets.ts';

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
