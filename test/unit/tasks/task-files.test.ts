import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3TaskFiles } from '../../../functions/shared/platform/task-files.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const SHA256_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('the files of a task', () => {
  it('are stored under the task, with the hash of their bytes, which S3 checks', async () => {
    const file = { path: 'src/a.ts', content: 'abc', contentType: 'text/plain' };
    expect(await s3TaskFiles('Files').put('task_1', file)).toEqual({
      path: 'src/a.ts',
      size: 3,
      sha256: SHA256_OF_ABC,
      contentType: 'text/plain',
    });
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Bucket: 'Files',
        Key: 'tasks/task_1/src/a.ts',
        Body: Buffer.from('abc'),
        ContentType: 'text/plain',
        ChecksumSHA256: Buffer.from(SHA256_OF_ABC, 'hex').toString('base64'),
      },
    ]);
  });

  it('have the size of their bytes, not of their characters', async () => {
    const file = { path: 'a', content: 'Ж🦊', contentType: 'text/plain' };
    expect(await s3TaskFiles('Files').put('task_1', file)).toMatchObject({ size: 6 });
  });

  it('are read as bytes', async () => {
    const transformToByteArray = async () => new Uint8Array([0, 255]);
    s3.on(GetObjectCommand, { Bucket: 'Files', Key: 'tasks/task_1/a' }).resolves({
      Body: { transformToByteArray } as never,
    });
    expect(await s3TaskFiles('Files').read('task_1', 'a')).toEqual(new Uint8Array([0, 255]));
  });

  it('are an error where S3 has none', async () => {
    s3.on(GetObjectCommand).resolves({});
    await expect(s3TaskFiles('Files').read('task_1', 'a')).rejects.toThrow('The file a of task_1 has no content.');
  });

  it('have an address that is good for five minutes and downloads', async () => {
    const url = new URL(await s3TaskFiles('Files').downloadUrl('task_1', 'src/a b.ts'));
    expect(decodeURIComponent(url.pathname)).toMatch(/tasks\/task_1\/src\/a b\.ts$/);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(url.searchParams.get('response-content-disposition')).toBe('attachment');
  });
});
