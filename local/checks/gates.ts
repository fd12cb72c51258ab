import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './tool.ts';

type Gate = { name: string; tool: string; args: readonly string[] };

/** The folders under the layer rules, as far as they exist: dependency-cruiser refuses a name that is not there. */
export function layeredFolders(root: string): string[] {
  return ['bench', 'bin', 'lib', 'functions', 'cli', 'console', 'local', 'test'].filter((name) =>
    existsSync(join(root, name)),
  );
}

const GATES: readonly Gate[] = [
  {
    name: 'format and lint',
    tool: 'biome',
    args: ['ci', '--error-on-warnings', '--diagnostic-level=warn', '--colors=off', '.'],
  },
  { name: 'types', tool: 'tsc', args: ['--project', '.'] },
  {
    name: 'layers',
    tool: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', ...layeredFolders(join(import.meta.dirname, '..', '..'))],
  },
  { name: 'dead code', tool: 'knip', args: [] },
];

async function passes(gate: Gate): Promise<boolean> {
  const started = performance.now();
  const { code, output } = await runTool(gate.tool, gate.args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${gate.name.padEnd(16)} ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

/**
 * Runs every check that needs no test: one line each, its whole output where it fails. All of them run even after a
 * failure, so that one round shows everything there is to mend. One at a time, so that tests beside them have a core.
 *
 * @returns whether all passed
 */
export async function runGates(): Promise<boolean> {
  let allPassed = true;
  for (const gate of GATES) {
    if (!(await passes(gate))) allPassed = false;
  }
  return allPassed;
}
