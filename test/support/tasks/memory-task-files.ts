import { createHash } from 'node:crypto';
import type { TaskFile } from '../../../functions/contracts/task-fields.ts';
import type { TaskFiles } from '../../../functions/tasks/adapters/task-files.ts';

/** Files of tasks in memory, for tests. */
export function memoryTaskFiles(): TaskFiles & { store(taskId: string, path: string, content: string): TaskFile } {
  const files = new Map<string, Buffer>();
  return {
    store(taskId, path, content) {
      const bytes = Buffer.from(content);
      files.set(`${taskId}/${path}`, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { path, size: bytes.byteLength, sha256, contentType: 'text/html' };
    },
    async read(taskId, path) {
      const bytes = files.get(`${taskId}/${path}`);
      if (bytes === undefined) throw new Error(`There are no bytes of ${taskId}/${path}.`);
      return bytes;
    },
    downloadUrl: async (taskId, path) => `https://files.example/${taskId}/${path}?signed`,
  };
}
