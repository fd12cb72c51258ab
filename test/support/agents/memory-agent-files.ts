import { createHash } from 'node:crypto';
import type { StagedFiles, StagePlace } from '../../../functions/agents/adapters/staged-files.ts';
import { stagedKey } from '../../../functions/contracts/file-keys.ts';
import type { TaskFile } from '../../../functions/contracts/task-fields.ts';

/** What agents upload, in memory, for tests. */
export interface MemoryAgentFiles extends StagedFiles {
  /** Every stored file, by its key in the bucket. */
  stored: Map<string, TaskFile & { bytes: Uint8Array }>;
}

export function memoryAgentFiles(): MemoryAgentFiles {
  const stored: MemoryAgentFiles['stored'] = new Map();
  const keyOf = ({ taskId, leaseId }: StagePlace, path: string) => stagedKey(taskId, leaseId, path);
  return {
    stored,
    async put(at, { path, bytes, contentType }) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file: TaskFile = { path, size: bytes.byteLength, sha256, contentType };
      stored.set(keyOf(at, path), { ...file, bytes });
      return file;
    },
    uploadUrl: async (at, { path, contentType }) => ({
      uploadUrl: `https://files.example/${keyOf(at, path)}?signed`,
      headers: { 'content-type': contentType },
      expiresAt: '2026-08-19T10:15:00.000Z',
    }),
    async stat(at, path) {
      const { bytes: _, ...file } = stored.get(keyOf(at, path)) ?? { bytes: undefined };
      return 'sha256' in file ? { ...file, etag: `"${file.sha256}"` } : undefined;
    },
  };
}
