import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentTo, endOwnEmulator, removeFromUserEndpoint } from './cloud/cloud.ts';
import { cloudLockHolder, withCloudLock } from './cloud/cloud-lock.ts';
import { guardEndpoint, OVERRIDE, userEndpoint } from './cloud/endpoint.ts';
import { STATE, TEST_STATE } from './cloud/folders.ts';
import { readLocalJson } from './cloud/local-json.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand } from './process/command.ts';
import { isAlive, signalAll } from './process/processes.ts';
import { endLeftovers } from './process/run-logged.ts';
import { Steps } from './process/steps.ts';
import { waitFor } from './process/waiting.ts';

const HOLDER_LIMIT_MS = 30_000;

cloudProgram(
  'npm run down --',
  'Stops the local cloud and removes all of it. With AWS_ENDPOINT_URL only the stacks there are removed.',
).parse();

/** A command that is bringing the cloud up, or stays with it, cleans up behind itself when it is told to end. */
async function endCommandAtWork(signal: AbortSignal): Promise<void> {
  const holder = cloudLockHolder(STATE);
  if (!holder) return;
  console.log(`  Ending "${holder.command}" (process ${holder.pid}) first`);
  signalAll([holder], 'SIGTERM');
  const ended = () => !isAlive(holder) || undefined;
  if (!(await waitFor(ended, { everyMs: 100, limitMs: HOLDER_LIMIT_MS, signal }))) signalAll([holder], 'SIGKILL');
}

/** The endpoint that stacks were deployed to without starting anything, named now or when they were deployed. */
function otherEndpoint(): string | undefined {
  const local = readLocalJson(STATE);
  const deployedTo = local?.pid === null ? guardEndpoint(local.endpointUrl, process.env[OVERRIDE]) : undefined;
  return userEndpoint(process.env) ?? deployedTo;
}

/** Everything but locks, which belong to whoever holds them, and the folder of a test run that is going on. */
function removeState(): void {
  const testing = cloudLockHolder(TEST_STATE) !== undefined;
  for (const name of readdirSync(STATE)) {
    const busy = name.endsWith('.lock') || name === 'lock.json' || (name === 'test' && testing);
    if (!busy) rmSync(join(STATE, name), { recursive: true, force: true });
  }
}

/** The one of `npm run up`, and what a killed test run may have left; a test run that is going on keeps its own. */
async function endOwnEmulators(): Promise<void> {
  await endOwnEmulator(STATE);
  if (cloudLockHolder(TEST_STATE)) return;
  await endLeftovers(TEST_STATE);
  await endOwnEmulator(TEST_STATE);
}

async function endAll(signal: AbortSignal): Promise<void> {
  const steps = new Steps();
  const endpoint = otherEndpoint();
  await endLeftovers(STATE);
  if (endpoint) await removeFromUserEndpoint(deploymentTo(endpoint, { state: STATE, steps, signal }));
  if (endpoint) await endOwnEmulators();
  else await steps.run('Stopping the local cloud', endOwnEmulators);
  removeState();
}

await runCommand(async (signal) => {
  await endCommandAtWork(signal);
  await withCloudLock(STATE, 'npm run down', () => endAll(signal));
  if (readdirSync(STATE).length === 0) rmdirSync(STATE);
  return 0;
});
