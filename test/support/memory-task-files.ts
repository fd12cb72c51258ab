import { createHash } from 'node:crypto';
import type { TaskFiles } from '../../functions/shared/platform/task-files.ts';

/** Files of tasks in memory, for tests. */
export function memoryTaskFiles(): TaskFiles {
  const files = new Map<string, Buffer>();
  return {
    async put(taskId, { path, content, contentType }) {
      const bytes = Buffer.from(content);
      files.set(`${taskId}/${path}`, bytes);
      return { path, size: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex'), contentType };
    },
    async read(taskId, path) {
      const bytes = files.get(`${taskId}/${path}`);
      if (bytes === undefined) throw new Error(`There are no bytes of ${taskId}/${path}.`);
      return bytes;
    },
    downloadUrl: async (taskId, path) => `https://files.example/${taskId}/${path}?signed`,
  };
}
