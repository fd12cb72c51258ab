import { scaffoldProject } from '../../../functions/agents/domain/scaffold.ts';

/** Tries to leave every kind of text that a description could land in, and asks for an awkward resource: maps. */
export const hostileDescription = [
  'An API for maps "); process.exit(9); //',
  "'); process.exit(9); (' `$\x7Bprocess.exit(9)}` */ \\u0000 \\",
  '# Not a heading',
  '```',
  '~~~',
  '<script>alert(1)</script>',
  '[click](javascript:alert(1)) <!-- -->',
  '‹ @type › /** @import */',
  '","scripts":{"start":"exit 9"},"x":"',
  '\r\rcarriage \u2028 separator \u202E bidi \u0000 nul \uD800 lone 🦊',
  'x'.repeat(9_500),
].join('\n');

interface StackNames {
  language: string;
  framework: string;
}

/** Every combination that the scaffold agent supports, the default first. */
export const STACKS: readonly [StackNames, ...StackNames[]] = [
  { language: 'typescript', framework: 'express' },
  { language: 'typescript', framework: 'fastify' },
  { language: 'javascript', framework: 'express' },
  { language: 'javascript', framework: 'fastify' },
];

/** The project that the scaffold agent writes for a description: content by path. */
export function scaffolded(description: string, stack: StackNames = STACKS[0]): Record<string, string> {
  const requirements = Object.entries(stack).map(([type, value]) => ({ type, value }));
  const outcome = scaffoldProject({ type: 'code_generation', description, requirements });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return Object.fromEntries(outcome.files.map(({ path, content }) => [path, content]));
}
