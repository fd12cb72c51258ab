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
  const support = ['test/support/file-order.ts', 'test/support/skip-aloud.ts'];
  await using tree = await plantTree(files, ['vitest.config.ts', 'package.json', ...support]);
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
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ passed: 1, failed: 0, skips: [{}], ok: true });
    expect(lines.at(-2)).toMatch(/^skipped: rests \(.*good\.test\.ts\)$/);
  });

  it('says why a test was skipped, also where a hook before each test did it', async () => {
    const reason = 'the endpoint enforces no IAM';
    const skip = `(context) => skipAloud(context, '${reason}')`;
    const never = '() => { throw new Error("it ran"); }';
    const lines = await linesOf({
      'test/unit/good.test.ts': `import { beforeEach, describe, expect, it } from 'vitest';
import { skipAloud } from '../support/skip-aloud.ts';
it('means something', (context) => skipAloud(context, undefined));
it.concurrent('means nothing', (context) => { skipAloud(context, '${reason}'); throw new Error('it ran'); });
describe('of grants', () => { beforeEach(${skip}); it('means nothing', ${never}); });
`,
    });
    const { skips, ...counts } = JSON.parse(lines.at(-1) ?? '');
    expect(counts).toEqual({ passed: 1, failed: 0, failures: [], ok: true });
    expect(skips).toMatchObject([{ reason }, { reason }]);
    expect(lines.at(-2)).toMatch(
      /^skipped: of grants means nothing \(.*good\.test\.ts\): the endpoint enforces no IAM$/,
    );
  });

  it('misses no way of failing: a test, an import, a hook, a worker', async () => {
    const lines = await linesOf({
      'test/unit/good.test.ts': `${importing}it('adds', () => expect(1 + 1).toBe(2));\n`,
      'test/unit/bad.test.ts': `${importing}it('errs', () => expect(1).toBe(2));\n`,
      'test/unit/broken.test.ts': "import './gone.ts';\n",
      'test/unit/dying.test.ts': `${importing}it('dies', () => process.kill(process.pid, 'SIGKILL'));\n`,
      'test/unit/hook.test.ts': `${importing}describe('x', () => {\n  beforeAll(() => { throw new Error('no'); });\n  it('never runs', () => {});\n});\n`,
    });
    const counts = JSON.parse(lines.at(-1) ?? '');
    expect(counts).toMatchObject({ passed: 1, failed: 4, skips: [{}], ok: false });
    expect(counts.failures.join('\n')).toMatch(/failed: errs \(.*bad\.test\.ts\): AssertionError: expected 1 to be 2/);
    expect(counts.failures).toHaveLength(4);
  });

  it('fails for an error that no test owns', async () => {
    const lines = await linesOf({
      'test/unit/late.test.ts': `${importing}it('leaves a rejection behind', () => { void Promise.reject(new Error('late')); });\n`,
    });
    expect(lines.at(-1)).toBe('{"passed":1,"failed":1,"failures":[],"skips":[],"ok":false}');
  });
});
