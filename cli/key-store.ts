import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ApiKeyRecord, Scope } from '../functions/contracts/api-key.ts';
import { newApiKey } from '../functions/contracts/api-key.ts';
import { CommandError } from './command-error.ts';

/** The keys of one deployment, in its keys table. */
export class KeyStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Stores a new key and answers it whole, which happens this once. */
  async create(name: string, scopes: Scope[]): Promise<{ keyId: string; key: string; scopes: Scope[] }> {
    const { keyId, key, hash } = newApiKey();
    const record: ApiKeyRecord = { keyId, name, hash, scopes, createdAt: new Date().toISOString() };
    await this.#client.send(
      new PutCommand({ TableName: this.#table, Item: record, ConditionExpression: 'attribute_not_exists(keyId)' }),
    );
    return { keyId, key, scopes };
  }

  /** All keys, revoked ones too, oldest first. */
  async list(): Promise<ApiKeyRecord[]> {
    const records: ApiKeyRecord[] = [];
    for await (const page of paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true })) {
      for (const item of page.Items ?? []) records.push(item as ApiKeyRecord);
    }
    return records.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async find(keyId: string): Promise<ApiKeyRecord | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: { keyId }, ConsistentRead: true }),
    );
    return Item as ApiKeyRecord | undefined;
  }

  /**
   * Ends a key; one that has ended already keeps its first time.
   *
   * @throws CommandError where there is no such key
   */
  async revoke(keyId: string): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.#table,
      Key: { keyId },
      UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
      ConditionExpression: 'attribute_exists(keyId)',
      ExpressionAttributeValues: { ':now': new Date().toISOString() },
    });
    try {
      await this.#client.send(update);
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
        throw new CommandError(`There is no key with the id ${keyId}; npm run keys -- list shows them all.`);
      }
      throw error;
    }
  }
}
