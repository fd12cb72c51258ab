import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3TaskFiles } from '../../../functions/tasks/adapters/task-files.ts';

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

describe('the files of a task', () => {
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
