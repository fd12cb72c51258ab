import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** How a tool ended: a process killed by a signal counts as exit code 1. `output` is stdout and stderr in the order they came. */
export type ToolRun = { code: number; output: string };

/** `show` writes the tool's output straight to this terminal instead of collecting it (then `output` is empty). */
export type ToolOptions = { cwd?: string; env?: NodeJS.ProcessEnv; show?: boolean };

/**
 * Runs one of the project's own command line tools (a name in `node_modules/.bin`) with the Node that runs this process,
 * because the first `node` on PATH may be one that the tool refuses. Never rejects for a tool that fails: see `code`.
 */
export async function runTool(name: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const { cwd = ROOT, env = {}, show = false } = options;
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', '.bin', name), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}
