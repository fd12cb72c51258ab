import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A throw-away tree: `await using` removes it. */
export type PlantedTree = AsyncDisposable & { folder: string };

/**
 * Lays a small tree of its own somewhere temporary, with this project's packages beside it, so that a check can be shown
 * a fault without one ever being written into the real tree.
 *
 * @param files relative path to content
 * @param copies files of this project, by relative path, that are taken over as they are (the check's configuration)
 */
export async function plantTree(files: Record<string, string>, copies: readonly string[]): Promise<PlantedTree> {
  const folder = await mkdtemp(join(tmpdir(), 'maos-planted-'));
  for (const path of [...Object.keys(files), ...copies]) await mkdir(dirname(join(folder, path)), { recursive: true });
  for (const path of copies) await copyFile(join(ROOT, path), join(folder, path));
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
