import type { StagedFile } from '../../contracts/events/work-events.v1.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { StagedFiles, StagePlace } from './staged-files.ts';

/** What an agent says that it has made. */
export interface Claimed {
  summary: string;
  files: readonly { path: string; sha256: string }[];
}

/** Files that are looked at side by side. */
const AT_ONCE = 10;

/** The event that carries a result goes by the bus, which takes 256 KB of it and everything around it. */
const MAX_RESULT_BYTES = 250_000;

/**
 * Holds what an agent says against what it has uploaded: each file must lie there with the very hash that it names.
 *
 * @throws VALIDATION_ERROR with every fault, PAYLOAD_TOO_LARGE for a result that no event can carry.
 */
export async function provenFiles(
  store: StagedFiles,
  at: StagePlace,
  { summary, files }: Claimed,
): Promise<StagedFile[]> {
  const found: (StagedFile | undefined)[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(some.map(({ path }) => store.stat(at, path)))));
  }
  const faults = files.flatMap((file, index) => faultsOf(file, found[index], index));
  const all = [...repeated(files), ...faults];
  if (all.length > 0) throw invalid(all);
  const proven = found.filter((file) => file !== undefined);
  assertFits({ summary, files: proven });
  return proven;
}

function faultsOf({ sha256 }: { sha256: string }, found: StagedFile | undefined, index: number): Fault[] {
  if (found === undefined) return [{ path: `files.${index}.path`, message: 'was not uploaded under this lease' }];
  if (found.sha256 === sha256) return [];
  return [{ path: `files.${index}.sha256`, message: 'is not the hash of what was uploaded' }];
}

function repeated(files: Claimed['files']): Fault[] {
  const paths = files.map(({ path }) => path);
  return paths.flatMap((path, index) =>
    paths.indexOf(path) < index ? [{ path: `files.${index}.path`, message: 'is listed twice' }] : [],
  );
}

function assertFits(result: { summary: string; files: StagedFile[] }): void {
  if (Buffer.byteLength(JSON.stringify(result)) <= MAX_RESULT_BYTES) return;
  throw new AppError('PAYLOAD_TOO_LARGE', `The result is larger than ${MAX_RESULT_BYTES} bytes of JSON.`);
}
