import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../cli/command-error.ts';
import type { Deployment } from './deploy.ts';
import { bootstrap, deployStacks, synthesize } from './deploy.ts';
import type { Emulator } from './emulator.ts';
import { findEmulator, keepEmulator, startEmulator, stopEmulator } from './emulator.ts';
import { cloudEnvironment, offlineEnvironment, regionOf, userEndpoint } from './endpoint.ts';
import { keyWithEveryScope, localKeyStore } from './key-table.ts';
import type { LocalJson } from './local-json.ts';
import { localJsonPath, readLocalJson, removeLocalJson, writeLocalJson } from './local-json.ts';
import { endLeftovers } from './run-logged.ts';
import type { Steps } from './steps.ts';
import { together } from './together.ts';
import { ensureVenv } from './venv.ts';

/** What a command brings to the work on a cloud. */
export type Context = { state: string; steps: Steps; signal: AbortSignal };
/** A cloud whose API answers. `emulator` is undefined where the user named the endpoint; `startedNow` where this call started it. */
export type Cloud = { local: LocalJson; emulator: Emulator | undefined; startedNow: boolean };

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
  const deadline = Date.now() + ANSWER_LIMIT_MS;
  for (;;) {
    const status = await healthStatus(`${apiUrl}/api/v1/health`);
    if (status === 'status 200') return;
    if (Date.now() > deadline) throw new CommandError(`The API was deployed but does not answer (${status}).`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

function required(outputs: Record<string, string>, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new CommandError(`The deployed stacks have no output ${name}.`);
  return value;
}

/** Deploys, waits until the API answers, and writes local.json as the last thing. */
async function deployApi(deployment: Deployment, pid: number | null): Promise<LocalJson> {
  const { state, endpoint, region, steps, signal } = deployment;
  const { stackNames, outputs } = await deployStacks(deployment);
  const apiUrl = `${endpoint}/_aws/execute-api/${required(outputs, 'RestApiId')}/${required(outputs, 'RestApiStage')}`;
  await steps.run('Waiting for the API', () => untilApiAnswers(apiUrl, signal));
  const store = localKeyStore(endpoint, region, required(outputs, 'KeysTable'));
  const apiKey = await keyWithEveryScope(store, readLocalJson(state)?.apiKey);
  const local = { apiUrl, apiKey, region, endpointUrl: endpoint, stackNames, outputs, pid };
  writeLocalJson(state, local);
  return local;
}

function buildStacks({ state, steps }: Context, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  return steps.run('Building the stacks (cdk synth)', () => synthesize('local', { state, env, signal }));
}

/** Deploys to an endpoint that the user runs. Nothing is started, and only stacks are touched. */
async function deployToUserEndpoint(context: Context, endpoint: string): Promise<Cloud> {
  const env = cloudEnvironment(endpoint, process.env);
  const deployment = { ...context, endpoint, region: regionOf(process.env), env };
  await buildStacks(context, env, context.signal);
  await bootstrap(deployment, undefined);
  return { local: await deployApi(deployment, null), emulator: undefined, startedNow: false };
}

async function startOne(context: Context, region: string): Promise<Emulator> {
  const { state, steps, signal } = context;
  await stopEmulator(state);
  removeLocalJson(state);
  await ensureVenv(state, steps, signal);
  return steps.run('Starting the local cloud', () => startEmulator(state, region, signal));
}

async function reuse(state: string, region: string): Promise<Emulator | undefined> {
  const running = await findEmulator(state);
  if (running && running.region !== region) {
    throw new CommandError(`The local cloud runs in ${running.region}: end it with npm run down to use ${region}.`);
  }
  return running;
}

/** Uses the emulator that `npm run up` left running, or starts one. Building the stacks needs none, so both go on at once. */
async function deployToOwnEmulator(context: Context): Promise<Cloud> {
  const region = regionOf(process.env);
  const running = await reuse(context.state, region);
  const ready = Promise.withResolvers<{ emulator: Emulator; deployment: Deployment }>();
  const prepare = async (signal: AbortSignal) => {
    const emulator = running ?? (await startOne({ ...context, signal }, region));
    const { endpoint } = emulator;
    const deployment = { ...context, signal, endpoint, region, env: cloudEnvironment(endpoint, process.env) };
    await bootstrap(deployment, `aws://${ACCOUNT}/${region}`);
    ready.resolve({ emulator, deployment: { ...deployment, signal: context.signal } });
  };
  try {
    await together(context.signal, prepare, (signal) => buildStacks(context, offlineEnvironment(process.env), signal));
    const { emulator, deployment } = await ready.promise;
    return { local: await deployApi(deployment, emulator.pid), emulator, startedNow: !running };
  } catch (error) {
    if (!running) await endOwnEmulator(context.state);
    throw error;
  }
}

async function endOwnEmulator(state: string): Promise<void> {
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
export function keepUp(state: string, { emulator }: Cloud): void {
  if (emulator) keepEmulator(state, emulator);
}
