import type { PatternNode } from './pattern-syntax.ts';
import { parsePattern } from './pattern-syntax.ts';

/** By how much each repetition exceeds its least. */
const REPEATS = [0, 1, 4];
/** Which of its alternatives each choice takes. */
const BRANCHES = [0, 1, 2];

/** Longer than most fields, shorter than what would be slow to make. */
const MAX_LENGTH = 20_000;

/**
 * Texts that most likely match a pattern, short ones first; of this length, where it is given. Some go on behind it, as it may have no
 * end. None of a pattern that is not understood.
 */
export function textsMatching(pattern: string, length?: number): string[] {
  const node = parsePattern(pattern);
  if (node === undefined) return [];
  const repeats = (branch: number) => (length === undefined ? REPEATS : repeatsFor(node, branch, length));
  const texts = BRANCHES.flatMap((branch) => repeats(branch).map((more) => textOf(node, more, branch)));
  const endings =
    length === undefined ? ['a', 'b', 'c', 'd'] : ['a'.repeat(Math.max(0, length - (texts[0] ?? '').length))];
  return [...new Set([...texts, ...endings.map((ending) => `${texts[0]}${ending}`)])];
}

/** One more repetition adds the same everywhere, until a repetition comes to its greatest. */
function repeatsFor(node: PatternNode, branch: number, length: number): number[] {
  const least = textOf(node, 0, branch).length;
  const added = textOf(node, 1, branch).length - least;
  return added === 0 ? [0] : [Math.max(0, Math.round((length - least) / added)), length];
}

function textOf(node: PatternNode, more: number, branch: number): string {
  switch (node.kind) {
    case 'character':
      return String.fromCodePoint(node.ranges[branch % node.ranges.length]?.[0] ?? 0);
    case 'sequence':
      return node.parts
        .map((part) => textOf(part, more, branch))
        .join('')
        .slice(0, MAX_LENGTH);
    case 'choice':
      return textOf(node.options[branch % node.options.length] ?? node, more, branch);
    case 'repeat': {
      const once = textOf(node.part, more, branch);
      return once.repeat(Math.min(node.min + more, node.max, MAX_LENGTH / Math.max(1, once.length)));
    }
  }
}
