import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from './state-file.ts';

/**
 * Where a local cloud is, for everything that talks to it. `apiUrl + "/api/v1/health"` works from plain Node, `apiKey` has
 * every scope, `outputs` are those of all stacks together. `pid` is null for an endpoint that this checkout didn't start.
 */
export const LocalJson = z.object({
  apiUrl: z.string(),
  apiKey: z.string(),
  region: z.string(),
  endpointUrl: z.string(),
  stackNames: z.array(z.string()),
  outputs: z.record(z.string(), z.string()),
  pid: z.number().nullable(),
});
export type LocalJson = z.infer<typeof LocalJson>;

export function localJsonPath(state: string): string {
  return join(state, 'local.json');
}

/** Undefined where there is none, or none that this version wrote. */
export function readLocalJson(state: string): LocalJson | undefined {
  try {
    return LocalJson.parse(JSON.parse(readFileSync(localJsonPath(state), 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeLocalJson(state: string, local: LocalJson): void {
  replaceFile(localJsonPath(state), `${JSON.stringify(local, null, 2)}\n`);
}

export function removeLocalJson(state: string): void {
  rmSync(localJsonPath(state), { force: true });
}
