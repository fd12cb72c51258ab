import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { TaskFile } from '../../contracts/task-fields.ts';

/** How long a download address is good for, in seconds. */
const URL_SECONDS = 300;

/** The files of tasks' results, in S3. */
export interface TaskFiles {
  put(taskId: string, file: { path: string; content: string; contentType: string }): Promise<TaskFile>;
  read(taskId: string, path: string): Promise<Uint8Array>;
  /** An address that gives the bytes without a key, for five minutes. */
  downloadUrl(taskId: string, path: string): Promise<string>;
}

export function s3TaskFiles(bucket: string): TaskFiles {
  const client = new S3Client({});
  const object = (taskId: string, path: string) => ({ Bucket: bucket, Key: `tasks/${taskId}/${path}` });
  return {
    async put(taskId, { path, content, contentType }) {
      const bytes = Buffer.from(content, 'utf8');
      const digest = createHash('sha256').update(bytes).digest();
      await client.send(
        new PutObjectCommand({
          ...object(taskId, path),
          Body: bytes,
          ContentType: contentType,
          // S3 refuses bytes that changed on their way.
          ChecksumSHA256: digest.toString('base64'),
        }),
      );
      return { path, size: bytes.byteLength, sha256: digest.toString('hex'), contentType };
    },
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
