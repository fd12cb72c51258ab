import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { KeyStore } from '../../cli/key-store.ts';
import { keyIdOf, matchesHash, SCOPES } from '../../functions/contracts/api-key.ts';
import { FAKE_CREDENTIALS } from './endpoint.ts';

/** Opens the keys table of a local cloud. */
export function localKeyStore(endpoint: string, region: string, table: string): KeyStore {
  const client = new DynamoDBClient({ endpoint, region, credentials: FAKE_CREDENTIALS });
  return new KeyStore(DynamoDBDocumentClient.from(client), table);
}

async function stillWorks(store: KeyStore, key: string): Promise<boolean> {
  const record = await store.find(keyIdOf(key) ?? '-');
  if (!record || record.revokedAt !== undefined) return false;
  return matchesHash(key, record.hash) && SCOPES.every((scope) => record.scopes.includes(scope));
}

/** A key with every scope: the one that was used before where it still works, so that a second `up` changes nothing. */
export async function keyWithEveryScope(store: KeyStore, previous: string | undefined): Promise<string> {
  if (previous !== undefined && (await stillWorks(store, previous))) return previous;
  const { key } = await store.create('local cloud', [...SCOPES]);
  return key;
}
