import type { Requirement } from '../../contracts/task-fields.ts';
import type { Framework } from './frameworks.ts';
import { FRAMEWORKS } from './frameworks.ts';
import type { Language } from './languages.ts';
import { LANGUAGES } from './languages.ts';
import { oneLine } from './safe-text.ts';

/** What a generated project is made of: any language with any framework. */
export interface Stack {
  language: Language;
  framework: Framework;
}

export type StackChoice = { ok: true; stack: Stack } | { ok: false; message: string };

const SUPPORTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['language', Object.keys(LANGUAGES)],
  ['framework', Object.keys(FRAMEWORKS)],
]);
const MAX_QUOTED_LENGTH = 100;

/**
 * The stack that all requirements together ask for, TypeScript on Express where they leave it open, or one sentence
 * about what cannot be met. Nothing is ignored: a project that silently lacks what was asked for is worse than a refusal.
 */
export function chooseStack(requirements: readonly Requirement[]): StackChoice {
  const unmet = requirements.find(({ type, value }) => !SUPPORTED.get(normalised(type))?.includes(normalised(value)));
  if (unmet !== undefined) return refusal(`requirement ${quoted(unmet)}`);
  const [one, other] = contradiction(requirements) ?? [];
  if (one && other) return refusal(`requirements ${quoted(one)} and ${quoted(other)} together`);
  const language = chosen(requirements, 'language', LANGUAGES) ?? LANGUAGES.typescript;
  const framework = chosen(requirements, 'framework', FRAMEWORKS) ?? FRAMEWORKS.express;
  return { ok: true, stack: { language, framework } };
}

/** The first two requirements that give one type two values. */
function contradiction(requirements: readonly Requirement[]): [Requirement, Requirement] | undefined {
  return requirements
    .flatMap((one) => requirements.map((other): [Requirement, Requirement] => [one, other]))
    .find(([one, other]) => isSame(one.type, other.type) && !isSame(one.value, other.value));
}

function chosen<T>(requirements: readonly Requirement[], type: string, values: Record<string, T>): T | undefined {
  const asked = requirements.find((requirement) => isSame(requirement.type, type));
  return asked && values[normalised(asked.value)];
}

function refusal(unmet: string): StackChoice {
  const supported = [...SUPPORTED].map(([type, values]) => `${type} ${values.join(' or ')}`).join(', ');
  return { ok: false, message: `The scaffold agent does not support the ${unmet}; it supports ${supported}.` };
}

function isSame(one: string, other: string): boolean {
  return normalised(one) === normalised(other);
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}

function quoted({ type, value }: Requirement): string {
  return `"${oneLine(type, MAX_QUOTED_LENGTH)}": "${oneLine(value, MAX_QUOTED_LENGTH)}"`;
}
