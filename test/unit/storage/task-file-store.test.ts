import { CopyObjectCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { s3TaskFileStore } from '../../../functions/storage/adapters/task-file-store.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
});

const staged = { taskId: 'task_1', leaseId: 'lease_1' };
const adopted = async (path: string) => {
  await s3TaskFileStore('Files').adopt(staged, { path, etag: '"abc"' });
  return s3.commandCalls(CopyObjectCommand)[0]?.args[0].input;
};

describe('a staged file', () => {
  it("is copied to the task's own, if it is still the one that was proven", async () => {
    expect(await adopted('src/a.ts')).toEqual({
      Bucket: 'Files',
      Key: 'tasks/task_1/src/a.ts',
      CopySource: 'Files/staging/task_1/lease_1/src/a.ts',
      CopySourceIfMatch: '"abc"',
    });
  });

  it.each(['a b', 'Ж/日本', 'a+b', '100%', '%2e%2e/x', 'a?b#c', '🦊', '__proto__', 'a&b=c', '"\t'])(
    'is named by its source in the form of a URL, and by its key as it is: %s',
    async (path) => {
      const input = await adopted(path);
      expect(input?.Key).toBe(`tasks/task_1/${path}`);
      expect(input?.CopySource).toMatch(/^[!-~]+$/);
      expect(input?.CopySource).not.toMatch(/[?#+&"]/);
      expect(decodeURIComponent(input?.CopySource ?? '')).toBe(`Files/staging/task_1/lease_1/${path}`);
      expect(input?.CopySource?.split('/')).toHaveLength(4 + path.split('/').length);
    },
  );

  it('is an error where it cannot be copied', async () => {
    s3.on(CopyObjectCommand).rejects(new Error('NoSuchKey'));
    await expect(adopted('a')).rejects.toThrow('NoSuchKey');
  });
});

it('a cleared prefix is cleared in the same bucket', async () => {
  s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'tasks/task_1/a' }] });
  s3.on(DeleteObjectsCommand).resolves({});
  await s3TaskFileStore('Files').clear('tasks/task_1/');
  expect(s3.commandCalls(DeleteObjectsCommand)[0]?.args[0].input).toMatchObject({
    Bucket: 'Files',
    Delete: { Objects: [{ Key: 'tasks/task_1/a' }] },
  });
});
