import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../../../local/checks/tool.ts';
import { hostileDescription, STACKS, scaffolded } from '../../support/agents/scaffolded.ts';
import type { PlantedTree } from '../../support/plant.ts';
import { plantTree } from '../../support/plant.ts';

const DEFAULT = 'Generate a simple REST API';
/** Resources whose names are also those of types, keywords or files that a project of this kind has anyway. */
const AWKWARD =
  'apis apps classes constructors dates errors inputs news objects pages people requests responses routers servers';

const folderOf = ({ language, framework }: (typeof STACKS)[number]) => `${language}-${framework}`;
const FOLDERS = STACKS.map(folderOf);

/** A project of each stack in a folder of its own, one of them after a hostile request. */
let tree: PlantedTree;

beforeAll(async () => {
  const projects = STACKS.map((stack) => {
    const request = folderOf(stack) === 'javascript-express' ? hostileDescription : DEFAULT;
    return inFolder(folderOf(stack), scaffolded(request, stack));
  });
  tree = await plantTree(Object.assign({}, ...projects), ['biome.json']);
});
afterAll(() => tree[Symbol.asyncDispose]());

function inFolder(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

/** Runs what `npm run <script>` does, by the Node of this process. */
async function runScript(project: string, script: string, { env = {}, options = [] as string[] } = {}) {
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const [node, ...args] = scripts[script].split(' ');
  expect(node).toBe('node');
  return spawn(process.execPath, [...options, ...args], {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
}

describe('a generated project', { timeout: 60_000 }, () => {
  it.each(FOLDERS)('passes its own tests: %s', async (folder) => {
    const child = await runScript(join(tree.folder, folder), 'test', { options: ['--test-reporter=tap'] });
    const closed = once(child, 'close');
    const output = (await child.stdout.toArray()).join('');
    expect(output).toMatch(/^# fail 0$/m);
    expect(output).toMatch(/^# pass 4\d$/m);
    expect(await closed).toEqual([0, null]);
  });

  it('has right types in every stack, in its comments too, and whatever its resource is called', async () => {
    const requests = [DEFAULT, hostileDescription, ...AWKWARD.split(' ').map((noun) => `An API for ${noun}`)];
    const projects = requests.map((request, index) => {
      const stack = STACKS[index % STACKS.length];
      return inFolder(`${index}`, scaffolded(request, stack));
    });
    const { include } = JSON.parse(scaffolded(DEFAULT)['tsconfig.json'] ?? '');
    expect(include).toEqual(['src', 'test']);
    const together = { extends: './0/tsconfig.json', compilerOptions: { checkJs: true }, include: ['*/src', '*/test'] };
    const files = Object.assign({ 'tsconfig.json': JSON.stringify(together) }, ...projects);
    await using planted = await plantTree(files, []);
    expect(await runTool('tsc', ['-p', planted.folder])).toEqual({ code: 0, output: '' });
  });

  it("meets this repository's own lint and format", async () => {
    const paths = FOLDERS.flatMap((folder) => ['src', 'test', 'package.json'].map((path) => `${folder}/${path}`));
    const { code, output } = await runTool('biome', ['check', '--vcs-enabled=false', ...paths], { cwd: tree.folder });
    expect(code, output).toBe(0);
    expect(output).toMatch(/Checked 5\d files/);
  });

  it.each(FOLDERS)('serves on the port it is given and ends well on SIGTERM: %s', async (folder) => {
    const server = await runScript(join(tree.folder, folder), 'start', { env: { PORT: '0' } });
    const exited = once(server, 'exit');
    try {
      const [line] = await once(createInterface(server.stdout), 'line');
      const [url] = /http:\/\/127\.0\.0\.1:\d+$/.exec(line) ?? [];
      const health = await fetch(`${url}/health`);
      expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    } finally {
      server.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });

  it.each(['typescript-express', 'typescript-fastify'])(
    'says in one sentence that a port is taken: %s',
    async (folder) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const server = await runScript(join(tree.folder, folder), 'start', { env: { PORT: String(port) } });
      const stderr = (await server.stderr.toArray()).join('');
      other.close();
      expect(stderr).toMatch(/^Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/);
    },
  );

  it('says in one sentence that a port is not valid', async () => {
    const server = await runScript(join(tree.folder, 'javascript-fastify'), 'start', { env: { PORT: 'http' } });
    const stderr = (await server.stderr.toArray()).join('');
    expect(stderr).toBe('PORT must be a whole number from 0 to 65535.\n');
  });
});
