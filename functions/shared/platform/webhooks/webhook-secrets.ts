import { createHmac } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../kernel/errors.ts';
import { transact } from '../dynamo-transaction.ts';
import type { DeliveryTable } from './delivery-rows.ts';
import type { SecretVersions } from './secret-versions.ts';
import { activeVersions, FIRST_SECRET, rotated, signsUntil } from './secret-versions.ts';

/** Which secrets an API key has. */
export interface SecretRows {
  /** Consistent: a rotation counts at once. */
  find(owner: string): Promise<SecretVersions>;
  /** `false`: somebody else was first, and nothing was written. */
  replace(owner: string, before: SecretVersions, after: SecretVersions): Promise<boolean>;
}

export interface SecretPorts {
  /** What all secrets are derived from. */
  master(): Promise<string>;
  rows: SecretRows;
  /** In ms since 1970. */
  now(): number;
}

/** The secrets that sign an API key's callbacks, as `whsec_…` (Standard Webhooks). */
export interface WebhookSecrets {
  /** All that sign now, the newest first; one at least. */
  active(owner: string): Promise<[string, ...string[]]>;
  /** @throws AppError `LIMIT_EXCEEDED` where there were too many within a day */
  rotate(owner: string): Promise<{ secret: string; previousSignsUntil: string }>;
}

/** More rivals than this on one key at one moment, and something is wrong. */
const MAX_TRIES = 10;

export function webhookSecrets(ports: SecretPorts): WebhookSecrets {
  return {
    async active(owner) {
      const versions = activeVersions(await ports.rows.find(owner), ports.now());
      const master = await ports.master();
      return versions.map((version) => derivedSecret(master, owner, version)) as [string, ...string[]];
    },
    rotate: (owner) => rotate(ports, owner),
  };
}

async function rotate({ master, rows, now }: SecretPorts, owner: string) {
  // Read first: a rotation whose secret nobody could be told would count.
  const from = await master();
  for (let tried = 0; tried < MAX_TRIES; tried += 1) {
    const before = await rows.find(owner);
    const at = now();
    const after = rotated(before, at);
    if (after === undefined) throw new AppError('LIMIT_EXCEEDED', 'The secret was rotated too often today.');
    if (!(await rows.replace(owner, before, after))) continue;
    return { secret: derivedSecret(from, owner, after.version), previousSignsUntil: signsUntil(at) };
  }
  throw new Error('The secrets of a key kept changing.');
}

/** Nothing is stored that signs: 32 bytes that only the master leads to. As a list in JSON no two of them can be spelled alike. */
function derivedSecret(master: string, owner: string, version: number): string {
  const key = createHmac('sha256', master).update(JSON.stringify(['webhook-secret', owner, version]));
  return `whsec_${key.digest('base64')}`;
}

/** A row a key, beside the streams; none until its first rotation. */
export function dynamoSecretRows({ client, table }: DeliveryTable): SecretRows {
  const keyOf = (owner: string) => ({ stream: `secret#${owner}`, part: 'secret' });
  return {
    async find(owner) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: keyOf(owner), ConsistentRead: true }));
      return Item === undefined ? FIRST_SECRET : { version: Item.version, rotations: Item.rotations };
    },
    // A transaction for its token: where its answer is lost the SDK sends it again, and it must not lose against itself.
    replace: (owner, before, after) =>
      transact(client, [
        {
          Put: {
            TableName: table,
            Item: { ...keyOf(owner), ...after },
            ...(before.version === FIRST_SECRET.version
              ? { ConditionExpression: 'attribute_not_exists(part)' }
              : {
                  ConditionExpression: 'version = :seen',
                  ExpressionAttributeValues: { ':seen': before.version },
                }),
          },
        },
      ]),
  };
}
