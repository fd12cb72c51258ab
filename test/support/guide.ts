import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The line above a block of a guide begins with its file, as code. */
const BLOCK = /^`([\w./-]+)`[^\n]*\n\n```(ts|diff)\n([\s\S]*?)^```$/gm;
const FENCE = /^```(?:ts|diff)$/gm;

/**
 * What a guide's blocks come to when they are followed from top to bottom: `ts` is a file's whole text, `diff` changes one that is
 * there, in the guide or in the project. Throws where a block does not say which, or does not fit.
 *
 * @param before what another guide came to, where this one is followed after it
 * @returns each file's whole text by its path
 */
export function followed(guide: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const blocks = [...guide.matchAll(BLOCK)];
  const fences = [...guide.matchAll(FENCE)].length;
  if (blocks.length !== fences) throw new Error(`Of ${fences} blocks, ${blocks.length} name their file.`);
  const files: Record<string, string> = {};
  for (const [, path = '', kind, text = ''] of blocks) {
    files[path] = kind === 'ts' ? text : changed(path, files[path] ?? before[path] ?? read(path), text);
  }
  return files;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** How many lines a guide has its reader write in each file, blank ones left out. */
export function writtenLines(guide: string): Record<string, number> {
  const written: Record<string, number> = {};
  for (const [, path = '', kind, text = ''] of guide.matchAll(BLOCK)) {
    const lines = kind === 'ts' ? linesOf(text) : marked(text, '+');
    written[path] = (written[path] ?? 0) + lines.filter((line) => line.trim() !== '').length;
  }
  return written;
}

/** Lines with `+` take the place of those with `-`, between those with a blank; `@@` goes on elsewhere. With `+` alone, they come last. */
function changed(path: string, text: string, diff: string): string {
  return diff.split(/^@@\n/m).reduce((before, hunk) => {
    const lines = linesOf(before);
    const old = marked(hunk, ' -');
    if (old.length === 0) return before + marked(hunk, '+').join('');
    const places = lines.flatMap((_, at) => (old.every((line, index) => line === lines[at + index]) ? [at] : []));
    const [place, ...others] = places;
    if (place === undefined || others.length > 0) {
      throw new Error(`In ${path} this stands ${places.length} times instead of once:\n${old.join('')}`);
    }
    return lines.toSpliced(place, old.length, ...marked(hunk, ' +')).join('');
  }, text);
}

/** The lines of a hunk that have one of these marks, without it. */
function marked(hunk: string, marks: string): string[] {
  const chosen = linesOf(hunk).filter(([mark = '']) => marks.includes(mark));
  return chosen.map((line) => line.slice(1));
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

/** Paths of the project's files that fit one of these patterns. */
export function pathsLike(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(ROOT.length + 1));
}
