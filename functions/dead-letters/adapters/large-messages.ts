import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DeadLetter } from '../../contracts/dead-letters.ts';

/** Messages that are too large for a row. */
export interface LargeMessages {
  /** Written again, it is the same once more. */
  put(key: string, message: string): Promise<void>;
  get(key: string): Promise<string>;
}

export function s3LargeMessages(bucket: string): LargeMessages {
  const client = new S3Client({});
  return {
    async put(key, message) {
      const object = { Bucket: bucket, Key: key, Body: message, ContentType: 'text/plain; charset=utf-8' };
      await client.send(new PutObjectCommand(object));
    },
    async get(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString('utf-8')) ?? '';
    },
  };
}

/** A letter's message as it came, wherever it is kept. */
export async function wholeMessage(
  { message, messageKey }: Pick<DeadLetter, 'message' | 'messageKey'>,
  messages: Pick<LargeMessages, 'get'>,
): Promise<string> {
  return messageKey === undefined ? message : messages.get(messageKey);
}
