import { describe, expect, it } from 'vitest';
import { scaffoldProject } from '../../../functions/agents/domain/scaffold.ts';
import { BUILT_IN_AGENTS } from '../../../functions/contracts/agents.ts';
import type { Requirement } from '../../../functions/contracts/task-fields.ts';
import packageManifest from '../../../package.json' with { type: 'json' };
import { hostileDescription, scaffolded } from '../../support/scaffolded.ts';

const requirement = (type: string, value: string): Requirement => ({ type, value });
const generate = (...requirements: Requirement[]) =>
  scaffoldProject({ type: 'code_generation', description: 'Generate a REST API for books', requirements });

describe('scaffoldProject for code_generation', () => {
  it('writes a whole project, sorted by path', () => {
    const outcome = generate();
    expect(outcome).toMatchObject({ ok: true, summary: expect.stringMatching(/books.*without a model/) });
    expect(Object.keys(scaffolded('Generate a REST API for books'))).toEqual([
      '.gitignore',
      'README.md',
      'package.json',
      'src/app.ts',
      'src/books/book-routes.ts',
      'src/books/book-store.ts',
      'src/books/book.ts',
      'src/errors.ts',
      'src/page.ts',
      'src/server.ts',
      'test/book-input.test.ts',
      'test/books.test.ts',
      'tsconfig.json',
    ]);
  });

  it('says what each file is', () => {
    const outcome = generate();
    const types = outcome.ok ? outcome.files.map(({ path, contentType }) => [path, contentType]) : [];
    expect(Object.fromEntries(types)).toMatchObject({
      '.gitignore': 'text/plain; charset=utf-8',
      'README.md': 'text/markdown; charset=utf-8',
      'package.json': 'application/json',
      'src/app.ts': 'text/typescript; charset=utf-8',
    });
  });

  it.each([
    ['both, as they are', [requirement('language', 'typescript'), requirement('framework', 'express')]],
    ['any case, with blanks', [requirement(' Language', 'TypeScript '), requirement('FRAMEWORK', '\tExpress')]],
    ['the same twice', [requirement('language', 'typescript'), requirement('language', 'TypeScript')]],
  ])('accepts %s, as what it does anyway', (_what, requirements) => {
    expect(generate(...requirements)).toEqual(generate());
  });

  it.each([
    ['another value', [requirement('language', 'cobol')], '"language": "cobol"'],
    ['a value that is an empty text', [requirement('framework', ' ')], '"framework": ""'],
    ['another type', [requirement('database', 'postgres')], '"database": "postgres"'],
    ['a type that every object has', [requirement('constructor', 'typescript')], '"constructor": "typescript"'],
    [
      'the second of two that contradict each other',
      [requirement('language', 'typescript'), requirement('language', 'cobol')],
      '"language": "cobol"',
    ],
  ])('refuses %s by name and says what it supports', (_what, requirements, named) => {
    const message = `The scaffold agent does not support the requirement ${named}; it supports language typescript, framework express.`;
    expect(generate(...requirements)).toEqual({ ok: false, error: { code: 'UNSUPPORTED_REQUIREMENT', message } });
  });

  it('quotes a requirement on one line and at most 100 characters of it', () => {
    const outcome = generate(requirement('a\nb', 'x'.repeat(10_000)));
    const message = outcome.ok ? '' : outcome.error.message;
    expect(message).toContain(`"a b": "${'x'.repeat(99)}…"`);
    expect(message).not.toContain('\n');
  });

  it('pins the versions that this repository itself is tested with', () => {
    const manifest = JSON.parse(scaffolded('Generate a REST API')['package.json'] ?? '');
    const pinned = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.keys(pinned)).toEqual(['express', '@types/express', '@types/node', 'typescript']);
    expect(packageManifest.devDependencies).toMatchObject(pinned);
  });
});

describe('what a description can reach', () => {
  const manifestOf = (description: string) => JSON.parse(scaffolded(description)['package.json'] ?? '');

  it.each([
    ['Generate a REST API for books', 'rest-api-for-books'],
    ['Create a simple REST API in TypeScript using Express', 'simple-rest-api-in-typescript'],
    ['Une API pour le café', 'une-api-pour-le-cafe'],
    ['express', 'items-api'],
    ['お願いします', 'items-api'],
    [`an API for ${'x'.repeat(300)}`, 'items-api'],
  ])('the package of %j is called %s', (description, name) => {
    expect(manifestOf(description).name).toBe(name);
  });

  it('is shortened and on one line in package.json, and never missing', () => {
    expect(manifestOf(`${'line\n'.repeat(100)}`).description).toHaveLength(200);
    expect(manifestOf(`${'a'.repeat(198)}🦊🦊`).description).toBe(`${'a'.repeat(198)}…`);
    expect(manifestOf(' \u0000 ').description).toBe('A REST API for items');
  });

  it('is neither code nor file name, however hostile it is', () => {
    const { 'README.md': readme, 'package.json': manifest, ...code } = scaffolded(hostileDescription);
    const { 'README.md': plainReadme, 'package.json': plainManifest, ...plainCode } = scaffolded('An API for maps');
    expect(code).toEqual(plainCode);
    expect({ ...JSON.parse(manifest ?? ''), name: '', description: '' }).toEqual({
      ...JSON.parse(plainManifest ?? ''),
      name: '',
      description: '',
    });
    const around = (text = '') => text.split(/## What was asked[\s\S]*(?=## Run it)/);
    expect(around(readme)).toEqual(around(plainReadme));
  });

  it('stands in the README as an indented block that no line of it can leave', () => {
    const readme = scaffolded(hostileDescription)['README.md'] ?? '';
    const [, block = ''] = /## What was asked\n\n([\s\S]*)\n\n## Run it/.exec(readme) ?? [];
    expect(block).toContain('    <script>alert(1)</script>');
    expect(block.split('\n').filter((line) => line !== '' && !line.startsWith('    '))).toEqual([]);
    expect([...'\u0000\u202E\u2028\r'].filter((mark) => readme.includes(mark))).toEqual([]);
    expect(readme.isWellFormed()).toBe(true);
  });

  it('is kept whole in the README', () => {
    const description = `An API for books ${'and more '.repeat(1_000)}end`;
    expect(scaffolded(description)['README.md']).toContain(`    ${description}\n`);
    expect(scaffolded(' \n\t')['README.md']).toContain('    (empty)\n');
  });
});

describe('scaffoldProject for simple_task', () => {
  it('writes one report of what was asked', () => {
    const requirements = [requirement('language', 'any'), requirement('tone', 'kind\n# and honest')];
    const outcome = scaffoldProject({ type: 'simple_task', description: 'Say hello\n# to all', requirements });
    expect(outcome).toMatchObject({
      ok: true,
      files: [{ path: 'report.md', contentType: 'text/markdown; charset=utf-8' }],
      summary: expect.stringContaining('without a model'),
    });
    const report = outcome.ok ? outcome.files[0]?.content : '';
    expect(report).toContain('\n    Say hello\n    # to all\n');
    expect(report).toContain('\n    language: any\n    tone: kind # and honest\n');
    expect(report).toContain('No model was used');
  });

  it('says that no requirements were given', () => {
    const outcome = scaffoldProject({ type: 'simple_task', description: 'Say hello', requirements: [] });
    expect(outcome).toMatchObject({ files: [{ content: expect.stringContaining('None were given.') }] });
  });
});

describe('task types', () => {
  it('takes each of its capabilities', () => {
    const outcomes = BUILT_IN_AGENTS.scaffold.map((type) =>
      scaffoldProject({ type, description: 'x', requirements: [] }),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('calls any other type a mistake of its caller', () => {
    const analysis = { type: 'analysis', description: 'x', requirements: [] };
    expect(() => scaffoldProject(analysis)).toThrow('a task of the type "analysis"');
  });
});
