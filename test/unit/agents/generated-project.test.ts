import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { runTool } from '../../../local/tool.ts';
import { plantTree } from '../../support/plant.ts';
import { hostileDescription, scaffolded } from '../../support/scaffolded.ts';

const DEFAULT = 'Generate a simple REST API';
/** Resources whose names are also those of types, keywords or files that a project of this kind has anyway. */
const AWKWARD = 'apis apps classes constructors dates errors news objects people requests responses routers servers';

/** Runs `node` in a generated project, as its `npm start` and `npm test` do. */
function runNode(folder: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe' });
}

describe('a generated project', { timeout: 60_000 }, () => {
  it.each([
    ['the default request', DEFAULT],
    ['a hostile request', hostileDescription],
  ])('passes its own tests for %s', async (_what, description) => {
    await using project = await plantTree(scaffolded(description), []);
    const child = runNode(project.folder, ['--test', '--test-reporter=tap']);
    const closed = once(child, 'close');
    const output = (await child.stdout.toArray()).join('');
    expect(output).toMatch(/^# fail 0$/m);
    expect(output).toMatch(/^# pass [34]\d$/m);
    expect(await closed).toEqual([0, null]);
  });

  it('compiles under its own strict settings', async () => {
    await using project = await plantTree(scaffolded(DEFAULT), []);
    expect(await runTool('tsc', ['-p', project.folder])).toEqual({ code: 0, output: '' });
  });

  it('compiles whatever its resource is called', async () => {
    const descriptions = [hostileDescription, ...AWKWARD.split(' ').map((noun) => `An API for ${noun}`)];
    const trees = descriptions.flatMap((description, index) =>
      Object.entries(scaffolded(description)).map(([path, content]) => [`${index}/${path}`, content]),
    );
    const { compilerOptions } = JSON.parse(scaffolded(DEFAULT)['tsconfig.json'] ?? '');
    const together = JSON.stringify({ compilerOptions, include: ['*/src', '*/test'] });
    await using projects = await plantTree({ ...Object.fromEntries(trees), 'tsconfig.json': together }, []);
    expect(await runTool('tsc', ['-p', projects.folder])).toEqual({ code: 0, output: '' });
  });

  it("meets this repository's own lint and format", async () => {
    await using project = await plantTree(scaffolded(DEFAULT), ['biome.json']);
    const { code, output } = await runTool('biome', ['check', '--vcs-enabled=false', 'src', 'test', 'package.json'], {
      cwd: project.folder,
    });
    expect(code, output).toBe(0);
  });

  it('serves on the port it is given and ends well on SIGTERM', async () => {
    await using project = await plantTree(scaffolded(DEFAULT), []);
    const server = runNode(project.folder, ['src/server.ts'], { PORT: '0' });
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

  it('says in one sentence that a port is not valid', async () => {
    await using project = await plantTree(scaffolded(DEFAULT), []);
    const server = runNode(project.folder, ['src/server.ts'], { PORT: 'http' });
    const stderr = (await server.stderr.toArray()).join('');
    expect(stderr).toBe('PORT must be a whole number from 0 to 65535.\n');
  });
});
