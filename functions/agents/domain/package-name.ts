import { folded } from './safe-text.ts';

const LONGEST_TEXT_READ = 2_000;
const MAX_WORDS = 6;
const MAX_LENGTH = 60;
/** How a request begins, and what a name does not need. */
const OPENING_WORDS: ReadonlySet<string> = new Set(
  'a an build create design develop generate give i implement make me my need new please the us want we write'.split(
    ' ',
  ),
);
/** What a name cut off in the middle of a sentence must not end with. */
const LINKING_WORDS: ReadonlySet<string> = new Set(
  'a an and as at by for from in into my of on or our that the to using via which with'.split(' '),
);

/**
 * A valid npm package name made of the description's first telling words. A single word is not enough: it could be
 * the name of a dependency (npm refuses a package that depends on itself) or of a Node module.
 */
export function packageNameFrom(description: string, fallback: string): string {
  const words = folded(description.slice(0, LONGEST_TEXT_READ)).match(/[a-z0-9]+/g) ?? [];
  const start = words.findIndex((word) => !OPENING_WORDS.has(word));
  const opening = start === -1 ? [] : words.slice(start, start + MAX_WORDS);
  const telling = opening.slice(0, opening.findLastIndex((word) => !LINKING_WORDS.has(word)) + 1);
  const name = telling.join('-');
  return telling.length < 2 || name.length > MAX_LENGTH ? fallback : name;
}
