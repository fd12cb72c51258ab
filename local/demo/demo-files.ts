import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { FilePath } from '../../functions/contracts/file-path.ts';
import type { Api } from './api-call.ts';
import { callApi, dataOf } from './api-call.ts';

/** One file of a task's result. `sha256` in hex. */
export const ResultFile = z.object({ path: FilePath, size: z.number(), sha256: z.string() });
type ResultFile = z.infer<typeof ResultFile>;

async function download(api: Api, taskId: string, { path, size, sha256 }: ResultFile): Promise<Buffer> {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const response = await callApi(api, `/tasks/${encodeURIComponent(taskId)}/files/${encoded}`);
  if (response.status !== 200) await dataOf(response, z.unknown());
  const bytes = Buffer.from(await response.arrayBuffer());
  if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new CommandError(
      `The file ${path} arrived with other bytes than the task's result names; nothing was written.`,
    );
  }
  return bytes;
}

/**
 * Downloads a task's files, and when all of them have the right size and hash puts them in place of what the folder held.
 *
 * @throws CommandError where one can't be had or differs; the folder is as before then
 */
export async function saveFiles(api: Api, taskId: string, files: readonly ResultFile[], folder: string): Promise<void> {
  const contents = new Map<string, Buffer>();
  for (const file of files) contents.set(file.path, await download(api, taskId, file));
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of contents) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
