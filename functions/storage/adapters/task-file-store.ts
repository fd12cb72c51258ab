import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { StagedFile } from '../../contracts/events/work-events.v1.ts';
import { fileKey, stagedKey } from '../../contracts/file-keys.ts';
import { prefixCleaner } from '../../shared/platform/clear-prefix.ts';

/** Where an agent left its files, and for which task. */
export interface Staged {
  taskId: string;
  leaseId: string;
}

/** The bucket, as far as files move in it. */
export interface TaskFileStore {
  /**
   * Takes a staged file over into the task's result; again, it does the same once more. Other bytes than were proven, which a late
   * upload may have put in their place, are refused.
   */
  adopt(staged: Staged, file: Pick<StagedFile, 'path' | 'etag'>): Promise<void>;
  /** Removes everything under a prefix. */
  clear(prefix: string): Promise<void>;
}

export function s3TaskFileStore(bucket: string): TaskFileStore {
  const client = new S3Client({});
  return {
    async adopt({ taskId, leaseId }, { path, etag }) {
      await client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: fileKey(taskId, path),
          CopySource: `${bucket}/${encoded(stagedKey(taskId, leaseId, path))}`,
          CopySourceIfMatch: etag,
        }),
      );
    },
    clear: prefixCleaner(bucket),
  };
}

/** A copy's source goes by a header, in the form of a URL's path. */
function encoded(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
