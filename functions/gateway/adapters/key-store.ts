import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ApiKeyRecord } from '../../contracts/api-key.ts';
import { keyIdOf, matchesHash } from '../../contracts/api-key.ts';

/** The record behind a key, or `undefined` where the key is unknown, wrong or revoked. */
export function keyStore(client: DynamoDBDocumentClient, table: string) {
  return async (key: string): Promise<ApiKeyRecord | undefined> => {
    const keyId = keyIdOf(key);
    if (keyId === undefined) return undefined;
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { keyId } }));
    const record = Item as ApiKeyRecord | undefined;
    if (record === undefined) return undefined;
    return record.revokedAt === undefined && matchesHash(key, record.hash) ? record : undefined;
  };
}
