import express from 'express/package.json' with { type: 'json' };
import fastify from 'fastify/package.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { scaffoldProject } from '../../../functions/agents/domain/scaffold.ts';
import { BUILT_IN_AGENTS } from '../../../functions/contracts/agents.ts';
import type { Requirement } from '../../../functions/contracts/task-fields.ts';
import packageManifest from '../../../package.json' with { type: 'json' };
import { hostileDescription, STACKS, scaffolded } from '../../support/agents/scaffolded.ts';

const BOOKS = 'Generate a REST API for books';
const requirement = (type: string, value: string): Requirement => ({ type, value });
const generate = (...requirements: Requirement[]) =>
  scaffoldProject({ type: 'code_generation', description: BOOKS, requirements });

const SUPPORTED = 'it supports language typescript or javascript, framework express or fastify.';

describe('scaffoldProject for code_generation', () => {
  it('writes a whole project, sorted by path', () => {
    const summary =
      'Wrote a REST API for books in TypeScript on Express 5, with its tests: 16 files from templates, without a model.';
    expect(generate()).toMatchObject({ ok: true, summary });
    expect(Object.keys(scaffolded(BOOKS))).toEqual([
      '.gitignore',
      'README.md',
      'package.json',
      'src/app.ts',
      'src/books/book-input.ts',
      'src/books/book-routes.ts',
      'src/books/book-store.ts',
      'src/error-handler.ts',
      'src/errors.ts',
      'src/page.ts',
      'src/serve.ts',
      'src/server.ts',
      'test/api-client.ts',
      'test/book-input.test.ts',
      'test/books.test.ts',
      'tsconfig.json',
    ]);
  });

  it.each(STACKS)('says what it wrote, and that it used no model: $language on $framework', (stack) => {
    const outcome = generate(requirement('language', stack.language), requirement('framework', stack.framework));
    const { summary } = outcome.ok ? outcome : { summary: '' };
    const readme = scaffolded(BOOKS, stack)['README.md'];
    const named = new RegExp(`in ${stack.language} on ${stack.framework} 5`, 'i');
    expect(summary).toMatch(named);
    expect(summary).toContain('without a model');
    expect(readme).toMatch(named);
    expect(readme).toContain('No model was used.');
  });

  it.each([
    ['typescript', 'text/typescript; charset=utf-8', 'src/app.ts'],
    ['javascript', 'text/javascript; charset=utf-8', 'src/app.js'],
  ])('says what each file is: %s', (language, codeType, code) => {
    const outcome = generate(requirement('language', language));
    const types = outcome.ok ? outcome.files.map(({ path, contentType }) => [path, contentType]) : [];
    expect(Object.fromEntries(types)).toMatchObject({
      '.gitignore': 'text/plain; charset=utf-8',
      'README.md': 'text/markdown; charset=utf-8',
      'package.json': 'application/json',
      [code]: codeType,
    });
  });

  it.each([
    ['both, as they are', [requirement('language', 'typescript'), requirement('framework', 'express')]],
    ['any case, with blanks', [requirement(' Language', 'TypeScript '), requirement('FRAMEWORK', '\tExpress')]],
    ['the same twice', [requirement('language', 'typescript'), requirement('language', 'TypeScript')]],
    ['one of the two', [requirement('framework', 'express')]],
  ])('accepts %s, as what it does anyway', (_what, requirements) => {
    expect(generate(...requirements)).toEqual(generate());
  });

  it.each([
    ['another language', [requirement('language', ' JavaScript')], { language: 'javascript', framework: 'express' }],
    ['another framework', [requirement('framework', 'FASTIFY')], { language: 'typescript', framework: 'fastify' }],
    [
      'both, in any order',
      [requirement('framework', 'fastify'), requirement('language', 'javascript')],
      { language: 'javascript', framework: 'fastify' },
    ],
  ])('takes %s', (_what, requirements, stack) => {
    const outcome = generate(...requirements);
    const files = outcome.ok ? outcome.files.map(({ path, content }) => [path, content]) : [];
    expect(Object.fromEntries(files)).toEqual(scaffolded(BOOKS, stack));
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
    const message = `The scaffold agent does not support the requirement ${named}; ${SUPPORTED}`;
    expect(generate(...requirements)).toEqual({ ok: false, error: { code: 'UNSUPPORTED_REQUIREMENT', message } });
  });

  it.each([
    ['language', 'typescript', 'javascript'],
    ['language', 'JavaScript', ' typescript'],
    ['framework', 'fastify', 'express'],
  ])('refuses two values of %s that contradict each other, by both names: %s and %s', (type, one, other) => {
    const same = requirement('framework', type === 'language' ? 'express' : one);
    const outcome = generate(same, requirement(type, one), requirement(type.toUpperCase(), other));
    const named = `"${type}": "${one}" and "${type.toUpperCase()}": "${other.trim()}"`;
    const message = `The scaffold agent does not support the requirements ${named} together; ${SUPPORTED}`;
    expect(outcome).toEqual({ ok: false, error: { code: 'UNSUPPORTED_REQUIREMENT', message } });
  });

  it('quotes a requirement on one line and at most 100 characters of it', () => {
    const outcome = generate(requirement('a\nb', 'x'.repeat(10_000)));
    const message = outcome.ok ? '' : outcome.error.message;
    expect(message).toContain(`"a b": "${'x'.repeat(99)}…"`);
    expect(message).not.toContain('\n');
  });

  it.each([
    [STACKS[0], ['express', '@types/express', '@types/node', 'typescript']],
    [{ language: 'typescript', framework: 'fastify' }, ['fastify', '@types/node', 'typescript']],
    [{ language: 'javascript', framework: 'express' }, ['express']],
    [{ language: 'javascript', framework: 'fastify' }, ['fastify']],
  ])('pins the versions that this repository itself is tested with: $language on $framework', (stack, packages) => {
    const manifest = JSON.parse(scaffolded(BOOKS, stack)['package.json'] ?? '');
    const pinned = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.keys(pinned)).toEqual(packages);
    expect(packageManifest.devDependencies).toMatchObject(pinned);
    expect({ express: express.version, fastify: fastify.version }).toMatchObject(manifest.dependencies);
  });
});

describe('the stacks', () => {
  const files = (language: string, framework: string) => scaffolded(BOOKS, { language, framework });
  const only = (project: Record<string, string>, folder: string) =>
    Object.fromEntries(Object.entries(project).filter(([path]) => path.startsWith(folder)));

  it.each(['typescript', 'javascript'])('are held to the same tests by every framework: %s', (language) => {
    const tests = only(files(language, 'express'), 'test/');
    expect(Object.keys(tests)).toHaveLength(3);
    expect(only(files(language, 'fastify'), 'test/')).toEqual(tests);
  });

  it.each(['express', 'fastify'])('differ in no path but the extension, and TypeScript’s settings: %s', (framework) => {
    const { 'tsconfig.json': _settings, ...typescript } = files('typescript', framework);
    const paths = Object.keys(typescript).map((path) => path.replace(/\.ts$/, '.js'));
    expect(Object.keys(files('javascript', framework))).toEqual(paths);
  });

  it.each(['express', 'fastify'])('with JavaScript have nothing of TypeScript: %s', (framework) => {
    expect(JSON.stringify(files('javascript', framework))).not.toMatch(/typescript|typecheck|\btsc\b|\.ts\b/i);
  });

  it.each(['express', 'fastify'])('with TypeScript have no type in a comment: %s', (framework) => {
    const code = { ...files('typescript', framework), 'package.json': '' };
    expect(JSON.stringify(code)).not.toMatch(/@(import|param|property|returns|template|type|typedef)\b/);
  });

  it.each(STACKS)('show no mark of their templates: $language on $framework', ({ language, framework }) => {
    expect(JSON.stringify(files(language, framework))).not.toMatch(/[‹›]/);
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

  it.each(STACKS)('is neither code nor file name, however hostile it is: $language on $framework', (stack) => {
    const { 'README.md': readme, 'package.json': manifest, ...code } = scaffolded(hostileDescription, stack);
    const plain = scaffolded('An API for maps', stack);
    const { 'README.md': plainReadme, 'package.json': plainManifest, ...plainCode } = plain;
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
