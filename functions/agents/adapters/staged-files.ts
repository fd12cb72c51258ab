import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { StagedFile } from '../../contracts/events/work-events.v1.ts';
import { stagedKey } from '../../contracts/file-keys.ts';
import type { TaskFile } from '../../contracts/task-fields.ts';

/** Where an agent's files wait: under its lease. */
export interface StagePlace {
  taskId: string;
  leaseId: string;
}

/** An upload that goes past the API. `headers` must be sent as they are, they are part of the signature. */
export interface Upload {
  uploadUrl: string;
  headers: Record<string, string>;
  /** ISO 8601, UTC. */
  expiresAt: string;
}

/** What agents upload, until the task's last step takes it over. */
export interface StagedFiles {
  put(at: StagePlace, file: { path: string; bytes: Uint8Array; contentType: string }): Promise<TaskFile>;
  /** An address that takes just this file: other bytes, or another number of them, are refused. */
  uploadUrl(at: StagePlace, file: TaskFile): Promise<Upload>;
  /** The file as it lies there, by the hash that S3 made of its bytes; `undefined` where it is not, or has no such hash. */
  stat(at: StagePlace, path: string): Promise<StagedFile | undefined>;
}

/** How long an upload address is good for. */
const URL_SECONDS = 15 * 60;

export function s3StagedFiles(bucket: string): StagedFiles {
  const client = new S3Client({});
  const object = ({ taskId, leaseId }: StagePlace, path: string) => ({
    Bucket: bucket,
    Key: stagedKey(taskId, leaseId, path),
  });
  return {
    async put(at, { path, bytes, contentType }) {
      const digest = createHash('sha256').update(bytes).digest();
      const checked = { Body: bytes, ContentType: contentType, ChecksumSHA256: digest.toString('base64') };
      await client.send(new PutObjectCommand({ ...object(at, path), ...checked }));
      return { path, size: bytes.byteLength, sha256: digest.toString('hex'), contentType };
    },
    async uploadUrl(at, { path, size, sha256, contentType }) {
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      const checked = { ContentLength: size, ContentType: contentType, ChecksumSHA256: checksum };
      const expiresAt = new Date(Date.now() + 1000 * URL_SECONDS).toISOString();
      const uploadUrl = await getSignedUrl(client, new PutObjectCommand({ ...object(at, path), ...checked }), {
        expiresIn: URL_SECONDS,
        // Left to itself, the signer moves the hash into the address, where S3 does not hold the bytes against it.
        unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        signableHeaders: new Set(['content-type', 'content-length']),
      });
      return { uploadUrl, headers: { 'content-type': contentType, 'x-amz-checksum-sha256': checksum }, expiresAt };
    },
    stat: (at, path) => stat(client, object(at, path), path),
  };
}

/** An upload in parts has a hash of their hashes, which says so by a number behind it. */
const WHOLE_HASH = /^[A-Za-z0-9+/]{43}=$/;

async function stat(
  client: S3Client,
  object: { Bucket: string; Key: string },
  path: string,
): Promise<StagedFile | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
    const checksum = head.ChecksumSHA256 ?? '';
    if (!WHOLE_HASH.test(checksum)) return undefined;
    const sha256 = Buffer.from(checksum, 'base64').toString('hex');
    const { ContentLength: size = 0, ContentType: contentType = '', ETag: etag = '' } = head;
    return { path, size, sha256, contentType, etag };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** S3 tells 404 from 403 only to those who may list the bucket, which agents' functions need not (S3 API reference, "HeadObject"). */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && [403, 404].includes(error.$metadata.httpStatusCode ?? 0);
}
