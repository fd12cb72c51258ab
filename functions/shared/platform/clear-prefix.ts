import { DeleteObjectsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';

/** Removes every object under a prefix; done again, it finds nothing. A file that cannot be removed is an error, never left unheard. */
export function prefixCleaner(bucket: string): (prefix: string) => Promise<void> {
  const client = new S3Client({});
  return async (prefix) => {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      const objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
      if (objects.length === 0) continue;
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
      const { Errors = [] } = await client.send(command);
      if (Errors[0] !== undefined) {
        throw new Error(`${Errors.length} files stay behind: ${Errors[0].Code} ${Errors[0].Message}`);
      }
    }
  };
}
