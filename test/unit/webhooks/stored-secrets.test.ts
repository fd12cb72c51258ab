import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { masterSecret } from '../../../functions/shared/platform/master-secret.ts';
import type { SecretVersions } from '../../../functions/shared/platform/webhooks/secret-versions.ts';
import { FIRST_SECRET } from '../../../functions/shared/platform/webhooks/secret-versions.ts';
import { dynamoSecretRows } from '../../../functions/shared/platform/webhooks/webhook-secrets.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

const { rowsOf } = memoryDocuments({ webhooks: ['stream', 'part'] });
const manager = mockClient(SecretsManagerClient);
beforeEach(() => manager.reset());

const AT = '2026-08-19T10:00:00.000Z';
const SECOND: SecretVersions = { version: 2, rotations: [AT] };
const THIRD: SecretVersions = { version: 3, rotations: [AT, AT] };

describe('the versions of a secret', () => {
  it('are the first at first, and then as they were written by whoever came first', async () => {
    const rows = dynamoSecretRows({ client: dynamoClient(), table: 'webhooks' });
    expect(await rows.find('key_1')).toEqual(FIRST_SECRET);
    expect(await rows.replace('key_1', FIRST_SECRET, SECOND)).toBe(true);
    expect(await rows.replace('key_1', FIRST_SECRET, { ...SECOND, rotations: [] })).toBe(false);
    expect(await rows.find('key_1')).toEqual(SECOND);
    expect(await rows.replace('key_1', SECOND, THIRD)).toBe(true);
    expect(await rows.replace('key_1', SECOND, SECOND)).toBe(false);
    expect(await rows.find('key_1')).toEqual(THIRD);
    expect(await rows.find('key_2')).toEqual(FIRST_SECRET);
    // Nothing that signs is stored.
    expect([...rowsOf('webhooks').values()]).toEqual([{ stream: 'secret#key_1', part: 'secret', ...THIRD }]);
  });
});

describe('the master', () => {
  it('is read once', async () => {
    manager.on(GetSecretValueCommand, { SecretId: 'arn:master' }).resolves({ SecretString: 'the master' });
    const master = masterSecret('arn:master');
    expect([await master(), await master()]).toEqual(['the master', 'the master']);
    expect(manager.calls()).toHaveLength(1);
  });

  it('is read again where that failed', async () => {
    manager.on(GetSecretValueCommand).rejectsOnce(new Error('slow down')).resolves({ SecretString: 'the master' });
    const master = masterSecret('arn:master');
    await expect(master()).rejects.toThrow('slow down');
    expect(await master()).toBe('the master');
  });

  it.each([undefined, ''])('is never %j', async (SecretString) => {
    manager.on(GetSecretValueCommand).resolves({ ...(SecretString !== undefined && { SecretString }) });
    await expect(masterSecret('arn:master')()).rejects.toThrow('The master secret is empty.');
  });
});
