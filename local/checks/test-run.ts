import { CommandError } from '../../cli/command-error.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { bringUp, endOwnEmulator, letGo } from '../cloud/cloud.ts';
import { withCloudLock } from '../cloud/cloud-lock.ts';
import { adoptEnvironment, offlineEnvironment } from '../cloud/endpoint.ts';
import { TEST_STATE } from '../cloud/folders.ts';
import { functionErrors } from '../cloud/function-errors.ts';
import { localJsonPath } from '../cloud/local-json.ts';
import { untilAbortedWithTools } from '../process/command.ts';
import { Steps } from '../process/steps.ts';
import type { Skip } from './skips.ts';
import { skipLine } from './skips.ts';
import { runVitest } from './vitest.ts';

/** `command` is how the user calls it; `env` is added to the tests' environment, `filters` go to vitest. */
export type TestRun = {
  command: string;
  projects: readonly string[];
  env?: NodeJS.ProcessEnv;
  filters?: readonly string[];
  /** Called once their cloud is there, or will not be: until then all of the machine builds it. */
  whenUp?: () => void;
  signal: AbortSignal;
};
/** `sound` is false where a test failed, none ran, or their cloud did not come up; `failed` is at least 1 then. */
export type Outcome = { passed: number; failed: number; failures: string[]; skips: Skip[]; sound: boolean };

const NOTHING_RAN: Outcome = { passed: 0, failed: 0, failures: [], skips: [], sound: true };
const CLOUD_PROJECTS = ['integration', 'e2e', 'burst', 'outage'];
export const PROJECTS = ['unit', 'infra', ...CLOUD_PROJECTS];

async function vitest({ projects, env = {}, filters = [], signal }: TestRun): Promise<Outcome> {
  const { failed, ok, ...counts } = await untilAbortedWithTools(runVitest(projects, env, filters), signal);
  return { ...counts, failed: ok ? failed : Math.max(1, failed), sound: ok };
}

/** Tests that need no cloud must not find one either. */
async function withoutCloud(run: TestRun): Promise<Outcome> {
  const projects = run.projects.filter((project) => !CLOUD_PROJECTS.includes(project));
  adoptEnvironment(offlineEnvironment(process.env));
  return projects.length === 0 ? NOTHING_RAN : vitest({ ...run, projects });
}

async function bringTestCloudUp(signal: AbortSignal): Promise<Cloud | undefined> {
  try {
    await endOwnEmulator(TEST_STATE);
    return await bringUp({ state: TEST_STATE, steps: new Steps(), signal });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    return undefined;
  }
}

/** Only of an emulator of our own: another endpoint has a past that is no test's. */
async function showFunctionErrors({ emulator }: Cloud): Promise<void> {
  if (emulator === undefined) return;
  const errors = await functionErrors(emulator).catch((error: Error) => [`(none to be had: ${error.message})`]);
  console.log(['The last errors of the functions, some of them wanted by tests:', ...errors].join('\n'));
}

/** A cloud that doesn't come up is one failure, and what needs none is tested all the same. */
async function withCloud(run: TestRun): Promise<Outcome> {
  const cloud = await bringTestCloudUp(run.signal);
  run.whenUp?.();
  if (!cloud) {
    const outcome = await withoutCloud(run);
    return { ...outcome, failed: outcome.failed + 1, sound: false };
  }
  try {
    adoptEnvironment(cloud.deployment.env);
    const outcome = await vitest({ ...run, env: { ...run.env, MAOS_LOCAL_JSON: localJsonPath(TEST_STATE) } });
    if (!outcome.sound) await showFunctionErrors(cloud);
    return outcome;
  } finally {
    await letGo(cloud);
  }
}

/**
 * Runs tests, those that need a cloud with a new one of their own under `.maos/test/`, which is gone again afterwards.
 *
 * @throws CommandError where another test run of this checkout has that folder
 */
export function runTests(run: TestRun): Promise<Outcome> {
  if (!run.projects.some((project) => CLOUD_PROJECTS.includes(project))) return withoutCloud(run);
  return withCloudLock(TEST_STATE, run.command, () => withCloud(run));
}

/**
 * Says what failed, how many tests were skipped and why, where any was, and how it went in one line, which is the last
 * one. Failures stand beside it, because of a long log often only the end is kept.
 *
 * @param gatesPassed whether the static checks did, where there were any
 * @returns the exit code
 */
export function conclude({ passed, failed, failures, skips, sound }: Outcome, gatesPassed = true): number {
  for (const line of failures) console.log(line);
  if (!gatesPassed) console.log('failed: the static checks');
  if (skips.length > 0) console.log(skipLine(skips));
  console.log(`${passed} passed, ${failed + (gatesPassed ? 0 : 1)} failed`);
  return sound && gatesPassed ? 0 : 1;
}
