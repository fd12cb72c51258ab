import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../cli/command-error.ts';
import { endLeftovers } from '../process/run-logged.ts';
import type { Steps } from '../process/steps.ts';
import { together } from '../process/together.ts';
import { waitFor } from '../process/waiting.ts';
import { ensureVenv } from '../setup/venv.ts';
import { tellApiAddress } from './api-address.ts';
import type { Deployment } from './deploy.ts';
import { bootstrap, deployStacks, destroyStacks, synthesize } from './deploy.ts';
import type { Emulator } from './emulator.ts';
import { findEmulator, keepEmulator, startEmulator, stopEmulator } from './emulator.ts';
import { cloudEnvironment, offlineEnvironment, regionOf, userEndpoint } from './endpoint.ts';
import { keyWithEveryScope, localKeyStore } from './key-table.ts';
import type { LocalJson } from './local-json.ts';
import { readLocalJson, removeLocalJson, writeLocalJson } from './local-json.ts';

/** What a command brings to the work on a cloud. */
export type Context = { state: string; steps: Steps; signal: AbortSignal };
/** A cloud whose API answers. `emulator` is undefined where the user named the endpoint. */
export type Cloud = {
  local: LocalJson;
  deployment: Deployment;
  emulator: Emulator | undefined;
  startedNow: boolean;
};

/** The account that the emulator has where nobody says otherwise. */
const ACCOUNT = '000000000000';
const ANSWER_LIMIT_MS = 30_000;
const POLL_MS = 100;

async function healthStatus(url: string): Promise<string> {
  try {
    return `status ${(await fetch(url, { signal: AbortSignal.timeout(10_000) })).status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function untilApiAnswers(apiUrl: string, signal: AbortSignal): Promise<void> {
  let status = '';
  const look = async () => {
    status = await healthStatus(`${apiUrl}/api/v1/health`);
    return status === 'status 200' || undefined;
  };
  const answered = await waitFor(look, { everyMs: POLL_MS, limitMs: ANSWER_LIMIT_MS, signal });
  if (!answered) throw new CommandError(`The API was deployed but does not answer as it should (${status}).`);
}

function required(outputs: Record<string, string>, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new CommandError(`The deployed stacks have no output ${name}.`);
  return value;
}

/** Deploys, waits until the API answers, and writes local.json as the last thing. */
async function deployApi(deployment: Deployment, emulator: Emulator | undefined): Promise<Cloud> {
  const { state, endpoint, region, steps, signal } = deployment;
  const { stackNames, outputs, fresh } = await deployStacks(deployment);
  const apiUrl = `${endpoint}/_aws/execute-api/${required(outputs, 'RestApiId')}/${required(outputs, 'RestApiStage')}`;
  await steps.run('Waiting for the API', () => untilApiAnswers(apiUrl, signal));
  await tellApiAddress({ endpoint, region, parameter: required(outputs, 'ApiAddressParameter') }, apiUrl);
  const store = localKeyStore(endpoint, region, required(outputs, 'KeysTable'));
  const apiKey = await keyWithEveryScope(store, readLocalJson(state)?.apiKey);
  const pid = emulator?.pid ?? null;
  const local = { apiUrl, apiKey, region, endpointUrl: endpoint, stackNames, outputs, pid };
  writeLocalJson(state, local);
  return { local, deployment, emulator, startedNow: fresh };
}

function buildStacks({ state, steps }: Context, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  return steps.run('Building the stacks (cdk synth)', () => synthesize('local', { state, env, signal }));
}

/** How to deploy to an endpoint that is up. */
export function deploymentTo(endpoint: string, context: Context): Deployment {
  return { ...context, endpoint, region: regionOf(process.env), env: cloudEnvironment(endpoint, process.env) };
}

async function answersAt(endpoint: string): Promise<boolean> {
  return /^status/.test(await healthStatus(endpoint));
}

/** Nothing is started here, and only stacks are touched. */
async function deployToUserEndpoint(context: Context, endpoint: string): Promise<Cloud> {
  if (!(await answersAt(endpoint))) {
    throw new CommandError(
      `Nothing answers at ${endpoint}, the AWS_ENDPOINT_URL: start the emulator there, or unset it.`,
    );
  }
  const deployment = deploymentTo(endpoint, context);
  await buildStacks(context, deployment.env, context.signal);
  await bootstrap(deployment, undefined);
  return deployApi(deployment, undefined);
}

/** The emulator that `npm run up` left running, if it did. */
async function keptEmulator(state: string): Promise<Emulator | undefined> {
  const running = await findEmulator(state);
  const region = regionOf(process.env);
  if (running && running.region !== region) {
    throw new CommandError(`The local cloud runs in ${running.region}: end it with npm run down to use ${region}.`);
  }
  return running;
}

async function startOne({ state, steps, signal }: Context): Promise<Emulator> {
  await endOwnEmulator(state);
  await ensureVenv(state, steps, signal);
  return steps.run('Starting the local cloud', () => startEmulator(state, regionOf(process.env), signal));
}

/** Building the stacks needs no cloud, so that goes on while one starts. */
async function deployToOwnEmulator(context: Context): Promise<Cloud> {
  const running = await keptEmulator(context.state);
  const prepare = async (signal: AbortSignal) => {
    const emulator = running ?? (await startOne({ ...context, signal }));
    const deployment = deploymentTo(emulator.endpoint, context);
    await bootstrap({ ...deployment, signal }, `aws://${ACCOUNT}/${emulator.region}`);
    return { emulator, deployment };
  };
  const build = (signal: AbortSignal) => buildStacks(context, offlineEnvironment(process.env), signal);
  try {
    const [{ emulator, deployment }] = await together(context.signal, prepare, build);
    return { ...(await deployApi(deployment, emulator)), startedNow: !running };
  } catch (error) {
    if (!running) await endOwnEmulator(context.state);
    throw error;
  }
}

/** Ends what this checkout runs under the state folder, and what is known of it; harmless where there is nothing. */
export async function endOwnEmulator(state: string): Promise<void> {
  await stopEmulator(state);
  removeLocalJson(state);
  rmSync(join(state, 'outputs.json'), { force: true });
}

/**
 * Brings the cloud of a state folder up: it is reused where one was kept, deployed to in any case, and answers when this
 * resolves. Where this fails or is interrupted, an emulator that it started is gone again.
 *
 * @throws CommandError with what failed
 */
export async function bringUp(context: Context): Promise<Cloud> {
  await endLeftovers(context.state);
  const endpoint = userEndpoint(process.env);
  return endpoint === undefined ? deployToOwnEmulator(context) : deployToUserEndpoint(context, endpoint);
}

/** Lets the cloud live on after this command. */
export async function keepUp({ emulator, deployment }: Cloud): Promise<void> {
  if (emulator) await keepEmulator(deployment.state, emulator);
}

/** Removes the cloud where {@link bringUp} made it; one that was there before stays. Not to be interrupted. */
export async function letGo({ emulator, deployment, startedNow }: Cloud): Promise<void> {
  if (!startedNow) return;
  const { state, steps } = deployment;
  if (emulator) await steps.run('Stopping the local cloud', () => endOwnEmulator(state));
  else await removeFromUserEndpoint({ ...deployment, signal: new AbortController().signal });
}

/** Removes the stacks from an endpoint that isn't ours to end; where nothing answers any more they are gone. */
export async function removeFromUserEndpoint(deployment: Deployment): Promise<void> {
  if (await answersAt(deployment.endpoint)) await destroyStacks(deployment);
  else console.log(`  Nothing answers at ${deployment.endpoint} any more, so nothing is to be removed there`);
  removeLocalJson(deployment.state);
}
