import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { fileKey } from '../../contracts/file-keys.ts';

/** How long a download address is good for, in seconds. */
const URL_SECONDS = 300;

/** The files of tasks' results, in S3. */
export interface TaskFiles {
  read(taskId: string, path: string): Promise<Uint8Array>;
  /** An address that gives the bytes without a key, for five minutes. */
  downloadUrl(taskId: string, path: string): Promise<string>;
}

export function s3TaskFiles(bucket: string): TaskFiles {
  const client = new S3Client({});
  const object = (taskId: string, path: string) => ({ Bucket: bucket, Key: fileKey(taskId, path) });
  return {
    async read(taskId, path) {
      const { Body } = await client.send(new GetObjectCommand(object(taskId, path)));
      if (Body === undefined) throw new Error(`The file ${path} of ${taskId} has no content.`);
      return Body.transformToByteArray();
    },
    downloadUrl(taskId, path) {
      const command = new GetObjectCommand({ ...object(taskId, path), ResponseContentDisposition: 'attachment' });
      return getSignedUrl(client, command, { expiresIn: URL_SECONDS });
    },
  };
}
