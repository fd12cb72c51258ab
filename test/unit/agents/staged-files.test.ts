import { HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3StagedFiles } from '../../../functions/agents/adapters/staged-files.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const AT = { taskId: 'task_1', leaseId: 'lease_1' };
const SHA256_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const BASE64_OF_ABC = Buffer.from(SHA256_OF_ABC, 'hex').toString('base64');
const FILE = { path: 'src/a b.ts', size: 3, sha256: SHA256_OF_ABC, contentType: 'text/plain' };

describe('a staged file', () => {
  it('is stored under its task and lease, with the hash of its bytes, which S3 checks', async () => {
    const bytes = Buffer.from('abc');
    expect(await s3StagedFiles('Files').put(AT, { path: FILE.path, bytes, contentType: 'text/plain' })).toEqual(FILE);
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Bucket: 'Files',
        Key: 'staging/task_1/lease_1/src/a b.ts',
        Body: bytes,
        ContentType: 'text/plain',
        ChecksumSHA256: BASE64_OF_ABC,
      },
    ]);
  });

  it('is told by what S3 knows of it', async () => {
    s3.on(HeadObjectCommand, {
      Bucket: 'Files',
      Key: 'staging/task_1/lease_1/src/a b.ts',
      ChecksumMode: 'ENABLED',
    }).resolves({ ContentLength: 3, ContentType: 'text/plain', ChecksumSHA256: BASE64_OF_ABC, ETag: '"abc"' });
    expect(await s3StagedFiles('Files').stat(AT, FILE.path)).toEqual({ ...FILE, etag: '"abc"' });
  });

  it.each([
    ['no hash', {}],
    ['the hash of its parts', { ChecksumSHA256: `${BASE64_OF_ABC}-2` }],
    ['another kind of hash', { ChecksumCRC32: 'NSRBwg==' }],
  ])('that has %s counts as missing', async (_what, checksums) => {
    s3.on(HeadObjectCommand).resolves({ ContentLength: 3, ContentType: 'text/plain', ...checksums });
    expect(await s3StagedFiles('Files').stat(AT, 'a')).toBeUndefined();
  });

  it.each([
    ['is not there', 404],
    ['nobody lets us see', 403],
  ])('that %s is missing', async (_what, httpStatusCode) => {
    s3.on(HeadObjectCommand).rejects(trouble(httpStatusCode));
    expect(await s3StagedFiles('Files').stat(AT, 'a')).toBeUndefined();
  });

  it('that S3 cannot tell of is an error', async () => {
    s3.on(HeadObjectCommand).rejects(trouble(503));
    await expect(s3StagedFiles('Files').stat(AT, 'a')).rejects.toThrow('no');
  });
});

const trouble = (httpStatusCode: number) =>
  new S3ServiceException({ name: 'Trouble', message: 'no', $fault: 'server', $metadata: { httpStatusCode } });

describe('an upload address', () => {
  it('takes this file only: its hash, size and type are signed as headers', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-08-19T10:00:00.000Z') });
    const { uploadUrl, headers, expiresAt } = await s3StagedFiles('Files').uploadUrl(AT, FILE);
    const url = new URL(uploadUrl);
    expect(decodeURIComponent(url.pathname)).toMatch(/\/staging\/task_1\/lease_1\/src\/a b\.ts$/);
    expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual([
      'content-length',
      'content-type',
      'host',
      'x-amz-checksum-sha256',
    ]);
    expect(url.searchParams.has('x-amz-checksum-sha256')).toBe(false);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
    expect([headers, expiresAt]).toEqual([
      { 'content-type': 'text/plain', 'x-amz-checksum-sha256': BASE64_OF_ABC },
      '2026-08-19T10:15:00.000Z',
    ]);
  });

  it('of another size, hash or type is another', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-08-19T10:00:00.000Z') });
    const files = [FILE, { ...FILE, size: 4 }, { ...FILE, sha256: 'a'.repeat(64) }, { ...FILE, contentType: 'a/b' }];
    const addresses = await Promise.all(files.map((file) => s3StagedFiles('Files').uploadUrl(AT, file)));
    expect(new Set(addresses.map(({ uploadUrl }) => uploadUrl)).size).toBe(4);
  });
});
