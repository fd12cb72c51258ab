import type { Requirement } from '../../contracts/task-fields.ts';
import { oneLine } from './safe-text.ts';

/** What a generated project can be made of. */
const SUPPORTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['language', ['typescript']],
  ['framework', ['express']],
]);
const MAX_QUOTED_LENGTH = 100;

/**
 * One sentence about the first requirement that no template meets, or undefined where all are met. Nothing is ignored:
 * a project that silently lacks what was asked for is worse than a refusal.
 */
export function unmetRequirement(requirements: readonly Requirement[]): string | undefined {
  const unmet = requirements.find(({ type, value }) => !SUPPORTED.get(normalised(type))?.includes(normalised(value)));
  if (unmet === undefined) return undefined;
  const supported = [...SUPPORTED].map(([type, values]) => `${type} ${values.join(' or ')}`).join(', ');
  return `The scaffold agent does not support the requirement ${quoted(unmet.type)}: ${quoted(unmet.value)}; it supports ${supported}.`;
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}

function quoted(text: string): string {
  return `"${oneLine(text, MAX_QUOTED_LENGTH)}"`;
}
