import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { plantTree } from '../../support/plant.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const importing = "import { it, expect, beforeAll, describe } from 'vitest';\n";
const script = `
  import { runVitest } from './local/checks/vitest.ts';
  const counts = await runVitest(['unit'], {}, ['--root', process.env.PLANTED_FOLDER]);
  console.log(JSON.stringify(counts));
`;

/** Runs vitest for real over a planted tree, in a process of its own so that its planted failures stay out of this terminal. */
async function linesOf(files: Record<string, string>): Promise<string[]> {
  await using tree = await plantTree(files, ['vitest.config.ts', 'package.json']);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    env: { ...process.env, PLANTED_FOLDER: tree.folder },
  });
  return stdout.trimEnd().split('\n');
}

describe('runVitest', { timeout: 30_000 }, () => {
  it('counts a run as vitest ends it, and says aloud what was skipped', async () => {
    const lines = await linesOf({
      'test/unit/good.test.ts': `${importing}it('adds', () => expect(1 + 1).toBe(2));\nit.skip('rests', () => {});\n`,
    });
    expect(lines.at(-1)).toBe('{"passed":1,"failed":0,"skipped":1,"ok":true}');
    expect(lines.at(-2)).toMatch(/^skipped: rests \(.*good\.test\.ts\)$/);
  });

  it('misses no way of failing: a test, an import, a hook, a worker', async () => {
    const lines = await linesOf({
      'test/unit/good.test.ts': `${importing}it('adds', () => expect(1 + 1).toBe(2));\n`,
      'test/unit/bad.test.ts': `${importing}it('errs', () => expect(1).toBe(2));\n`,
      'test/unit/broken.test.ts': "import './gone.ts';\n",
      'test/unit/dying.test.ts': `${importing}it('dies', () => process.kill(process.pid, 'SIGKILL'));\n`,
      'test/unit/hook.test.ts': `${importing}describe('x', () => {\n  beforeAll(() => { throw new Error('no'); });\n  it('never runs', () => {});\n});\n`,
    });
    expect(lines.at(-1)).toBe('{"passed":1,"failed":4,"skipped":1,"ok":false}');
  });

  it('fails for an error that no test owns', async () => {
    const lines = await linesOf({
      'test/unit/late.test.ts': `${importing}it('leaves a rejection behind', () => { void Promise.reject(new Error('late')); });\n`,
    });
    expect(lines.at(-1)).toBe('{"passed":1,"failed":1,"skipped":0,"ok":false}');
  });
});
