import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { DeleteObjectCommand, DeleteObjectsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';

/** Characters that XML cannot carry, escaped or not; S3 would refuse a whole batch for one such key (S3 user guide, "Object keys"). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Removes every object under a prefix; done again, it finds nothing. A file that cannot be removed is an error, never left unheard. */
export function prefixCleaner(bucket: string): (prefix: string) => Promise<void> {
  const client = new S3Client({});
  return async (prefix) => {
    const list = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' } as const;
    for await (const page of paginateListObjectsV2({ client }, list)) {
      const keys = keysOf(page);
      await removeTogether(
        client,
        bucket,
        keys.filter((key) => !NOT_IN_XML.test(key)),
      );
      for (const Key of keys.filter((key) => NOT_IN_XML.test(key))) {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      }
    }
  };
}

/** The answer says whether its keys are encoded: not every cloud does what it is asked. */
function keysOf({ Contents = [], EncodingType }: ListObjectsV2CommandOutput): string[] {
  const keys = Contents.flatMap(({ Key }) => Key ?? []);
  return EncodingType === 'url' ? keys.map((key) => decodeURIComponent(key.replaceAll('+', ' '))) : keys;
}

async function removeTogether(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const objects = keys.map((Key) => ({ Key }));
  const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
  const { Errors = [] } = await client.send(command);
  if (Errors[0] !== undefined) {
    throw new Error(`${Errors.length} files stay behind: ${Errors[0].Code} ${Errors[0].Message}`);
  }
}
