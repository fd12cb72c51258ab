import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../../../local/checks/tool.ts';
import { followed, pathsLike } from '../../support/guide.ts';
import { anchorsOf } from '../../support/markdown-anchors.ts';
import {
  calledScripts,
  isScript,
  isThere,
  leadsSomewhere,
  linksOf,
  namedFiles,
  withoutExamples,
} from '../../support/page-text.ts';
import type { PlantedTree } from '../../support/plant.ts';
import { plantTree } from '../../support/plant.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const GUIDE = join(ROOT, 'docs', 'guides', 'add-a-feature.md');
const guide = readFileSync(GUIDE, 'utf8');
const files = followed(guide);
const paths = Object.keys(files);

/** The guide to a read model is followed in the same copy, behind the one to a feature: what takes minutes is done once. */
const further = followed(readFileSync(join(ROOT, 'docs', 'guides', 'add-a-read-model.md'), 'utf8'), files);
const all = { ...files, ...further };
const allPaths = Object.keys(all);

/** A file of the guides with one piece of it taken out or changed. */
function spoiled(path: string, piece: string, instead = ''): string {
  const parts = all[path]?.split(piece) ?? [];
  if (parts.length !== 2) throw new Error(`${path} should have this once: ${piece}`);
  return parts.join(instead);
}

const DECIDER = 'functions/notes/domain/note.decider.ts';
const DECIDER_TEST = 'test/unit/notes/note.decider.test.ts';

/** Each does not compile. */
const forgetful = {
  'functions/spoiled/domain/forgets-a-command.ts': spoiled(
    DECIDER,
    "    case 'WithdrawNote':\n      return withdraw(command, state);\n",
  ),
  'functions/contracts/events/forgets-an-event.ts': spoiled(
    'functions/contracts/events/note-events.ts',
    '  NoteWithdrawn: true,\n',
  ),
  'functions/projections/domain/forgets-a-read-model.ts': spoiled(
    'functions/projections/domain/read-models.ts',
    '  notes: parts({ model: noteReadModel, projection: notesProjection }),\n',
  ),
};

/** Each compiles, and its copy of the guide's test fails. */
const silent = {
  'functions/spoiled/domain/says-nothing.ts': spoiled(
    DECIDER,
    "accept({ type: 'NoteWithdrawn', data: {} })",
    'accept()',
  ),
  'test/unit/spoiled/says-nothing.test.ts': spoiled(
    DECIDER_TEST,
    'notes/domain/note.decider.ts',
    'spoiled/domain/says-nothing.ts',
  ),
};

const typed = [...allPaths, ...Object.keys({ ...forgetful, ...silent })].filter((path) =>
  /^(functions|test\/unit)\//.test(path),
);
const GATEWAY = 'test/unit/gateway/gateway-api.handler.test.ts';
const UNIT = ['test/unit/notes', 'test/unit/projections', 'test/unit/spoiled', GATEWAY];
const INFRA = ['grants', 'functions', 'api', 'stages'].map((name) => `test/infra/${name}.test.ts`);

let tree: PlantedTree;
beforeAll(async () => {
  const copies = pathsLike(
    '{functions,lib,state-machines,test/support,test/infra}/**',
    'test/unit/gateway/*',
    '*',
    '.*',
  );
  const tsconfig = JSON.stringify({ extends: './tsconfig.json', include: typed });
  tree = await plantTree({ ...all, ...forgetful, ...silent, 'tsconfig.guide.json': tsconfig }, copies);
}, 60_000);
afterAll(() => tree[Symbol.asyncDispose]());

const run = (name: string, ...args: string[]) => runTool(name, args, { cwd: tree.folder });

/** How the tests of the tree went: `passed` or `failed`, by file. A file that did not load is `failed` with no test. */
async function testsOf(project: string, ...args: string[]) {
  const report = join(tree.folder, `${project}.json`);
  const { output } = await run(
    'vitest',
    'run',
    `--project=${project}`,
    '--reporter=json',
    `--outputFile=${report}`,
    ...args,
  );
  const { testResults } = JSON.parse(await readFile(report, 'utf8').catch(() => Promise.reject(new Error(output))));
  return (testResults as Reported[]).map(({ name, status, message, assertionResults }) => {
    const passed = assertionResults.filter((one) => one.status === 'passed').map(({ fullName }) => fullName);
    const failed = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => fullName);
    return { file: relative(tree.folder, name), status, message, passed, failed };
  });
}

interface Reported {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string }[];
}

describe('the guides to a feature and to a read model, followed in a copy of the tree,', { timeout: 240_000 }, () => {
  it('write code that is formatted and free of lint', async () => {
    const { code, output } = await run(
      'biome',
      'ci',
      '--error-on-warnings',
      '--colors=off',
      ...allPaths.filter(isCode),
    );
    expect(output).toContain(`Checked ${allPaths.filter(isCode).length} files`);
    expect(code, output).toBe(0);
  });

  it('keep to the layers', async () => {
    const { code, output } = await run('depcruise', '-c', '.dependency-cruiser.cjs', 'functions', 'lib');
    expect(code, output).toBe(0);
  });

  it('compile, and do not where a command, an event or a read model is forgotten', async () => {
    const { output } = await run('tsc', '--project', 'tsconfig.guide.json');
    const faults = [...output.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, path]) => path);
    expect([...new Set(faults)].sort(), output).toEqual(Object.keys(forgetful).sort());
    for (const { who, words } of forgotten().filter((row) => row.who === 'the compiler')) {
      expect(output, who).toContain(words);
    }
  });

  it('have unit tests that pass, and that see a decision which says nothing', async () => {
    const results = await testsOf('unit', ...UNIT);
    const bad = results.filter(({ status }) => status !== 'passed');
    expect(bad).toMatchObject([
      { file: 'test/unit/spoiled/says-nothing.test.ts', failed: ['a note is withdrawn once, by its author'] },
    ]);
    const good = results.filter(({ status }) => status === 'passed').map(({ file }) => file);
    expect(good.sort()).toEqual([GATEWAY, ...allPaths.filter((path) => path.startsWith('test/unit/'))].sort());
  });

  it('synthesize: a function for each handler, a door for each row, and the very grants that they list', async () => {
    const names = ['every function may do', 'every handler has', 'reaches its function', 'named after it'];
    const results = await testsOf('infra', ...INFRA, '-t', names.join('|'));
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    const passed = results.flatMap((one) => one.passed).join('\n');
    for (const name of [...names, '/api/v1/notes']) expect(passed).toContain(name);
  });

  it('write the sections of the runbook that the alarms of their projections lead to', () => {
    const sections = anchorsOf(all['docs/runbook.md'] ?? '');
    for (const name of ['notes', 'saga-counts']) expect(sections).toContain(`subscriber-projection-${name}`);
  });
});

function isCode(path: string): boolean {
  return path.endsWith('.ts');
}

/** The rows of the guide's last table. */
function forgotten(): { who: string; words: string }[] {
  const [, table = ''] = guide.split(/^## What is said .*$/m);
  const rows = [...table.matchAll(/^\| .+? +\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
  return rows.map(([, who = '', words = '']) => ({ who, words }));
}

describe('the text of the guide', () => {
  const named = namedFiles(guide);

  it('names no file that is neither there nor made by it', () => {
    expect(named.length).toBeGreaterThan(30);
    const made = (path: string) => paths.some((one) => one.startsWith(path));
    expect(named.filter((path) => !made(path) && !isThere(path))).toEqual([]);
  });

  it('links to nothing that is not there', () => {
    const links = linksOf(withoutExamples(guide));
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !leadsSomewhere(GUIDE, link))).toEqual([]);
  });

  it('calls no script that package.json has not', () => {
    const called = calledScripts(guide);
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((name) => !isScript(name))).toEqual([]);
  });

  it.each(forgotten().filter(({ who }) => who.includes('`')))('says rightly that $who says "$words"', (row) => {
    const [, path = ''] = /`(.+)`/.exec(row.who) ?? [];
    expect(readFileSync(join(ROOT, path), 'utf8')).toContain(row.words);
  });
});

describe('a guide that is followed', () => {
  const block = (path: string, kind: string, text: string) => `\`${path}\`\n\n\`\`\`${kind}\n${text}\`\`\`\n\n`;

  it('changes a file block by block, at a place or at its end', () => {
    const made = block('a/b.ts', 'ts', 'one\ntwo\nthree\n');
    const first = block('a/b.ts', 'diff', ' one\n-two\n+2\n@@\n+zwei\n three\n');
    const last = block('a/b.ts', 'diff', '+four\n');
    expect(followed(`# A\n\n${made}Text.\n\n${first}${last}`)).toEqual({ 'a/b.ts': 'one\n2\nzwei\nthree\nfour\n' });
  });

  it('is refused where a block names no file, or changes what is not there, or is there twice', () => {
    expect(() => followed('Text.\n\n```ts\nconst a = 1;\n```\n')).toThrow('Of 1 blocks, 0 name their file.');
    const made = block('a.ts', 'ts', 'one\ntwo\ntwo\nthirty-one\n');
    const change = (line: string) => followed(made + block('a.ts', 'diff', `-${line}\n+else\n`));
    for (const line of ['three', 'on', 'e', 'ne']) expect(() => change(line)).toThrow('In a.ts this stands 0 times');
    expect(() => change('two')).toThrow('In a.ts this stands 2 times');
  });
});
