import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { s3LargeMessages } from '../../../functions/dead-letters/adapters/large-messages.ts';

const s3 = mockClient(S3Client);

it('a large message lies in the bucket as it is, and a failure to put it there is heard of', async () => {
  const messages = s3LargeMessages('Files');
  await messages.put('dead-letters/letter_1', '{"a":"Ж"}');
  expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input)).toEqual([
    {
      Bucket: 'Files',
      Key: 'dead-letters/letter_1',
      Body: '{"a":"Ж"}',
      ContentType: 'text/plain; charset=utf-8',
    },
  ]);
  s3.on(PutObjectCommand).rejects(new Error('no route'));
  await expect(messages.put('dead-letters/letter_1', '')).rejects.toThrow('no route');
});

it('a large message is read as it was put, and one that is not there is heard of', async () => {
  const messages = s3LargeMessages('Files');
  s3.on(GetObjectCommand).rejects(new Error('NoSuchKey'));
  const Body = { transformToString: async () => '{"a":"Ж"}' } as never;
  s3.on(GetObjectCommand, { Bucket: 'Files', Key: 'dead-letters/letter_1' }).resolves({ Body });
  expect(await messages.get('dead-letters/letter_1')).toBe('{"a":"Ж"}');
  await expect(messages.get('dead-letters/letter_2')).rejects.toThrow('NoSuchKey');
});
