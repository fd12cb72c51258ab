import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Messages that are too large for a row. */
export interface LargeMessages {
  /** Written again, it is the same once more. */
  put(key: string, message: string): Promise<void>;
}

export function s3LargeMessages(bucket: string): LargeMessages {
  const client = new S3Client({});
  return {
    async put(key, message) {
      const object = { Bucket: bucket, Key: key, Body: message, ContentType: 'text/plain; charset=utf-8' };
      await client.send(new PutObjectCommand(object));
    },
  };
}
