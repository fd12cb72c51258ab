import type { PatternNode } from './pattern-syntax.ts';
import { parsePattern } from './pattern-syntax.ts';

/**
 * Whether a glance shows that an engine which backtracks has little to try: nothing but single characters is repeated, and no more than
 * one of them as often as one likes. Most patterns are such, and a closer look takes long.
 */
export function hasOneWayToMatch(pattern: string): boolean {
  const node = parsePattern(pattern);
  if (node === undefined) return false;
  const repeats = [...repeatsIn(node)];
  const open = repeats.filter(({ min, max }) => min !== max);
  return open.length <= 1 && repeats.every(({ part }) => part.kind === 'character');
}

function* repeatsIn(node: PatternNode): Generator<Extract<PatternNode, { kind: 'repeat' }>> {
  if (node.kind === 'repeat') yield node;
  if (node.kind === 'repeat') yield* repeatsIn(node.part);
  if (node.kind === 'sequence') for (const part of node.parts) yield* repeatsIn(part);
  if (node.kind === 'choice') for (const option of node.options) yield* repeatsIn(option);
}
