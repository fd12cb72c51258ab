import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiKeyRecord } from '../../../functions/contracts/api-key.ts';
import { newApiKey } from '../../../functions/contracts/api-key.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import { callerOf } from '../../../functions/shared/platform/http/http-request.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
let authorize: typeof import('../../../functions/gateway/handlers/authorize.handler.ts').handler;
beforeAll(async () => {
  vi.stubEnv(ENV.keysTable, 'Keys');
  authorize = (await import('../../../functions/gateway/handlers/authorize.handler.ts')).handler;
  vi.unstubAllEnvs();
});
beforeEach(() => {
  dynamo.reset();
});

const { keyId, key, hash } = newApiKey();
const record: ApiKeyRecord = { keyId, name: 'n', hash, scopes: ['read', 'admin'], createdAt: '2026-08-19T10:11:12Z' };
const stored = (item: object | undefined) =>
  dynamo
    .on(GetCommand, { TableName: 'Keys', Key: { keyId } })
    .resolves(item === undefined ? {} : { Item: { ...item } });
const methodArn = 'arn:aws:execute-api:eu-west-1:1:api/v1/GET/api/v1/tasks';
const call = (authorizationToken: string) => authorize({ type: 'TOKEN', authorizationToken, methodArn }, {} as Context);

describe('the authorizer', () => {
  it('answers with the scopes of a known key, in a form that rows understand', async () => {
    stored(record);
    const { context } = await call(`Bearer ${key}`);
    const event = { requestContext: { authorizer: context } } as unknown as Parameters<typeof callerOf>[0];
    expect(callerOf(event)).toEqual({ keyId, scopes: ['read', 'admin'] });
  });

  it.each([
    ['is not there', undefined],
    ['has another hash', { ...record, hash: newApiKey().hash }],
    ['has a broken hash', { ...record, hash: '' }],
    ['is revoked', { ...record, revokedAt: '2026-08-19T10:11:12Z' }],
  ])('gives just the word that becomes a 401 where the record %s', async (_what, item) => {
    stored(item);
    await expect(call(`Bearer ${key}`)).rejects.toThrow(/^Unauthorized$/);
    expect(dynamo.calls()).toHaveLength(1);
  });

  it('does so for the same key id with other secret bytes', async () => {
    stored(record);
    await expect(call(`Bearer maos_${keyId}_${'A'.repeat(43)}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it.each(['', 'Bearer', 'Bearer nonsense', `Basic ${key}`, key, `Bearer ${key}x`, `Bearer ${key.toUpperCase()}`])(
    'does so without looking anything up for "%s"',
    async (header) => {
      stored(record);
      await expect(call(header)).rejects.toThrow(/^Unauthorized$/);
      expect(dynamo.calls()).toEqual([]);
    },
  );

  it('fails with another word where the table cannot be read, so that nobody takes it for a wrong key', async () => {
    dynamo.on(GetCommand).rejects(new Error('slow down'));
    await expect(call(`Bearer ${key}`)).rejects.toThrow('slow down');
  });
});
