import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaffoldProject } from '../../../functions/agents/domain/scaffold.ts';
import { BUILT_IN_AGENTS } from '../../../functions/contracts/agents.ts';
import { FilePath } from '../../../functions/contracts/file-path.ts';
import { STACKS, scaffolded } from '../../support/agents/scaffolded.ts';
import { runs } from '../../support/seeds.ts';

const wordsThatMatter = fc.constantFrom(
  'API',
  'for',
  'a',
  'of',
  'my',
  'list',
  'books',
  'constructor',
  '.',
  '\n',
  '../',
);
const description = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.oneof(wordsThatMatter, fc.string({ maxLength: 8 })), { maxLength: 30 }).map((words) => words.join(' ')),
);
const requirement = fc.record({
  type: fc.oneof(fc.constantFrom('language', 'framework'), fc.string({ unit: 'binary' })),
  value: fc.oneof(
    fc.constantFrom('typescript', 'javascript', 'express', 'fastify'),
    fc.string({ unit: 'binary', maxLength: 300 }),
  ),
});
const task = fc.record({
  type: fc.constantFrom(...BUILT_IN_AGENTS.scaffold),
  description,
  requirements: fc.array(requirement, { maxLength: 4 }),
});

describe('whatever is asked for', () => {
  it('the same task gives the same bytes', () =>
    fc.assert(
      fc.property(task, (asked) => {
        expect(scaffoldProject(structuredClone(asked))).toEqual(scaffoldProject(asked));
      }),
      { numRuns: runs() },
    ));

  it('files come sorted under safe paths, as text that UTF-8 can hold', () =>
    fc.assert(
      fc.property(task, (asked) => {
        const outcome = scaffoldProject(asked);
        const files = outcome.ok ? outcome.files : [];
        const paths = files.map(({ path }) => path);
        expect(paths).toEqual([...new Set(paths)].sort());
        expect(paths.filter((path) => !FilePath.safeParse(path).success)).toEqual([]);
        expect(files.filter(({ content }) => !content.isWellFormed())).toEqual([]);
      }),
      { numRuns: runs() },
    ));

  it('the manifest is JSON with a valid name that no dependency has', () =>
    fc.assert(
      fc.property(description, fc.constantFrom(...STACKS), (asked, stack) => {
        const { name, description: text, dependencies } = JSON.parse(scaffolded(asked, stack)['package.json'] ?? '');
        expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
        expect(name.length).toBeLessThanOrEqual(60);
        expect(text).toMatch(/^[^\n]{1,200}$/);
        expect(dependencies).not.toHaveProperty(name);
      }),
      { numRuns: runs() },
    ));
});
