import { fileKey, stagedKey } from '../../../functions/contracts/file-keys.ts';
import type { TaskFileStore } from '../../../functions/storage/adapters/task-file-store.ts';

/** The bucket in memory, by key. `copies`: the most that were made at once; `running`: those under way. */
export function memoryFileStore(): TaskFileStore & {
  objects: Map<string, string>;
  copies(): number;
  running(): number;
} {
  const objects = new Map<string, string>();
  let running = 0;
  let most = 0;
  return {
    objects,
    copies: () => most,
    running: () => running,
    async adopt({ taskId, leaseId }, { path }) {
      const content = objects.get(stagedKey(taskId, leaseId, path));
      if (content === undefined) throw new Error(`Nothing is staged as ${path}.`);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      objects.set(fileKey(taskId, path), content);
    },
    async clear(prefix) {
      for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key);
    },
  };
}
