import type { Requirement } from '../../../contracts/task-fields.ts';
import { literalBlock, oneLine } from '../safe-text.ts';

const MAX_REQUIREMENT_LENGTH = 500;

/** `report.md`, the answer to a simple task. The user's texts are shown letter by letter. */
export function report(description: string, requirements: readonly Requirement[]): string {
  const listed = requirements.map(({ type, value }) => oneLine(`${type}: ${value}`, MAX_REQUIREMENT_LENGTH));
  return `# Report

MAOS's built-in \`scaffold\` agent wrote this report from a template. No model was used: it records what was asked and
adds nothing to it.

## What was asked

${literalBlock(description)}

## Requirements

${listed.length === 0 ? 'None were given.' : literalBlock(listed.join('\n'))}
`;
}
