import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { prefixCleaner } from '../../../functions/shared/platform/clear-prefix.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
  s3.on(DeleteObjectsCommand).resolves({});
});

const clear = () => prefixCleaner('Files')('tasks/task_1/');
const keys = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `tasks/task_1/${from + index}` }));
const deleted = () => s3.commandCalls(DeleteObjectsCommand).map(({ args: [{ input }] }) => input);

describe('clearing a prefix', () => {
  it('removes what there is, page by page', async () => {
    const [first, second] = [keys(0, 1000), keys(1000, 3)];
    const asked: unknown[] = [];
    // The SDK asks with one object for all pages, so what it held then has to be taken down then.
    s3.on(ListObjectsV2Command).callsFake(({ ContinuationToken, ...which }) => {
      asked.push([which, ContinuationToken]);
      if (ContinuationToken === 'more') return { Contents: second };
      return { Contents: first, IsTruncated: true, NextContinuationToken: 'more' };
    });
    await clear();
    const which = { Bucket: 'Files', Prefix: 'tasks/task_1/', EncodingType: 'url' };
    expect(asked).toEqual([
      [which, undefined],
      [which, 'more'],
    ]);
    expect(deleted()).toEqual([
      { Bucket: 'Files', Delete: { Objects: first, Quiet: true } },
      { Bucket: 'Files', Delete: { Objects: second, Quiet: true } },
    ]);
  });

  it('removes files by their real names, and alone those that XML cannot carry', async () => {
    const Contents = [{ Key: 'tasks/task_1/a+b%C3%A4%2B' }, { Key: 'tasks/task_1/c%01d' }];
    s3.on(ListObjectsV2Command).resolves({ Contents, EncodingType: 'url' });
    await clear();
    expect(deleted()).toMatchObject([{ Delete: { Objects: [{ Key: 'tasks/task_1/a bä+' }] } }]);
    expect(s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input)).toEqual([
      { Bucket: 'Files', Key: 'tasks/task_1/c\u0001d' },
    ]);
  });

  it('takes names as they are where the bucket does not encode them', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'tasks/task_1/100%+' }] });
    await clear();
    expect(deleted()).toMatchObject([{ Delete: { Objects: [{ Key: 'tasks/task_1/100%+' }] } }]);
  });

  it('removes nothing where there is nothing', async () => {
    s3.on(ListObjectsV2Command).resolves({});
    await clear();
    expect(deleted()).toEqual([]);
  });

  it('says so where some files stay, and goes no further', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: keys(0, 2), IsTruncated: true, NextContinuationToken: 'more' });
    const Errors = ['a', 'b'].map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' }));
    s3.on(DeleteObjectsCommand).resolves({ Errors });
    await expect(clear()).rejects.toThrow('2 files stay behind: AccessDenied Access Denied');
    expect(deleted()).toHaveLength(1);
  });

  it('is an error where the bucket cannot be read', async () => {
    s3.on(ListObjectsV2Command).rejects(new Error('no route'));
    await expect(clear()).rejects.toThrow('no route');
  });
});
