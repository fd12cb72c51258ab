import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cloud/folders.ts';
import { withLock } from '../cloud/lock.ts';
import { runLogged } from '../process/run-logged.ts';
import type { Steps } from '../process/steps.ts';

const FOLDER = join(ROOT, '.venv');
const REQUIREMENTS = join(ROOT, 'local', 'setup', 'requirements.txt');
const STAMP = join(FOLDER, '.maos-installed');
const LOCK = join(ROOT, '.maos', 'venv.lock');
/** Settings of the user's own Python that would make it, or pip, work on another installation than this one. */
const FOREIGN = ['PYTHONHOME', 'PYTHONPATH', 'VIRTUAL_ENV', '__PYVENV_LAUNCHER__', 'PIP_TARGET', 'PIP_PREFIX'];

/** The interpreter that has the emulator. */
export const VENV_PYTHON = join(FOLDER, 'bin', 'python');

function fingerprint(): string {
  return createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
}

/** The stamp is written last, so an environment that was cut off in the making has none. */
function isReady(): boolean {
  return existsSync(VENV_PYTHON) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

function pythonEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name));
  return { ...Object.fromEntries(kept), PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
}

async function build(state: string, signal: AbortSignal): Promise<void> {
  if (isReady()) return;
  rmSync(FOLDER, { recursive: true, force: true });
  const run = { state, folder: ROOT, env: pythonEnvironment(), signal };
  await runLogged([process.env.MAOS_PYTHON ?? 'python3', '-m', 'venv', FOLDER], {
    ...run,
    name: 'venv',
    failure: 'Making a Python environment in .venv failed.',
  });
  // All of the closure is pinned, so nothing is to be resolved; compiling what is never imported takes seconds.
  await runLogged([VENV_PYTHON, '-m', 'pip', 'install', '--no-deps', '--no-compile', '-r', REQUIREMENTS], {
    ...run,
    name: 'pip',
    failure: 'Installing the emulator into .venv failed.',
  });
  writeFileSync(STAMP, fingerprint());
}

/** Makes `.venv` hold what requirements.txt says, where it doesn't already. Another command that is at it is waited for. */
export async function ensureVenv(state: string, steps: Steps, signal: AbortSignal): Promise<void> {
  if (isReady()) return;
  await steps.run('Installing the emulator', () =>
    withLock(
      LOCK,
      'making .venv',
      () => build(state, signal),
      () => signal.throwIfAborted(),
    ),
  );
}
