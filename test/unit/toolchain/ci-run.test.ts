import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plantTree } from '../../support/plant.ts';

/** Runs .ci/run over a project whose `npm test` is the given JavaScript. */
async function ciRun(testScript: string): Promise<{ code: number | null; lastLine: string | undefined }> {
  const manifest = JSON.stringify({ name: 'planted', scripts: { test: 'node test.cjs' } });
  await using tree = await plantTree({ 'package.json': manifest, 'test.cjs': testScript }, ['.ci/run']);
  const { status, stdout } = spawnSync('bash', [join(tree.folder, '.ci', 'run')], { encoding: 'utf8' });
  return { code: status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

describe('.ci/run', { timeout: 30_000 }, () => {
  it.each([
    ['passes on a good count', "console.log('12 passed, 0 failed')", { code: 0, lastLine: '12 passed, 0 failed' }],
    [
      'keeps a bad count last, whatever npm says after it, and its exit code',
      "console.log('11 passed, 1 failed'); process.exit(3)",
      { code: 3, lastLine: '11 passed, 1 failed' },
    ],
    [
      'makes a failure of tests that died before they could count',
      "console.log('2 passed, 0 failed so far'); process.exit(7)",
      { code: 7, lastLine: '0 passed, 1 failed' },
    ],
    ['makes a failure of tests that ended well but counted nothing', '', { code: 1, lastLine: '0 passed, 1 failed' }],
  ])('%s', async (_what, script, expected) => {
    expect(await ciRun(script)).toEqual(expected);
  });
});
