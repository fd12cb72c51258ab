import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { CommandError } from '../cli/command-error.ts';
import { BIN, ROOT } from './folders.ts';
import { endGroup, isAlive, processRef } from './processes.ts';
import { tellingLines } from './run-logged.ts';
import { readState, replaceFile, stateText } from './state-file.ts';
import { VENV_PYTHON } from './venv.ts';
import { waitFor } from './waiting.ts';

/**
 * A running emulator, as it is written down under the state folder. `token` comes back in its health answer, so that
 * another one on the same port is told apart. `kept` says that it outlives the command that started it.
 */
const Emulator = z.object({
  pid: z.number(),
  start: z.string(),
  endpoint: z.string(),
  region: z.string(),
  token: z.string(),
  temporary: z.string(),
  kept: z.boolean(),
});
export type Emulator = z.infer<typeof Emulator>;

const START_LIMIT_MS = 30_000;
const POLL_MS = 50;
const ANSWER_LIMIT_MS = 5_000;
const PORT_TRIES = 3;
/** All that the emulator, and so the Lambda code that it starts, gets to see of the user's environment. */
const INHERITED = ['HOME', 'LANG', 'LC_ALL', 'TZ', 'USER'];

function recordFile(state: string): string {
  return join(state, 'emulator.json');
}

function write(state: string, emulator: Emulator): void {
  replaceFile(recordFile(state), stateText(recordFile(state), emulator));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

/**
 * The Lambda code runs on the first `node` of the PATH. Its folder lies outside the checkout, because Node looks for
 * packages in every folder above: code that was bundled badly would find the checkout's and work here only.
 */
function environment(port: number, fields: Pick<Emulator, 'region' | 'token' | 'temporary'>): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...Object.fromEntries(inherited),
    PATH: [BIN, '/usr/bin', '/bin'].join(':'),
    TMPDIR: fields.temporary,
    STATE_DIR: fields.temporary,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: fields.region,
    MINISTACK_EDITION: fields.token,
    AUTH: 'true',
    LAMBDA_EXECUTOR: 'local',
    // Listeners for services that nothing here uses, on fixed ports.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PYTHONUNBUFFERED: '1',
  };
}

const Health = z.object({ edition: z.string() });

async function answers({ endpoint, token }: Emulator, limitMs: number): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(limitMs) });
    return Health.parse(await response.json()).edition === token;
  } catch {
    // Not there, too slow, or something else that speaks HTTP: not the one that is looked for.
    return false;
  }
}

function logFile(state: string): string {
  return join(state, 'emulator.log');
}

function launch(state: string, port: number, region: string): Emulator {
  const token = `maos-${randomUUID()}`;
  const temporary = mkdtempSync(join(tmpdir(), 'maos-'));
  const log = openSync(logFile(state), 'w');
  const child = spawn(VENV_PYTHON, ['-m', 'ministack'], {
    cwd: temporary,
    env: environment(port, { region, token, temporary }),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // A program that can't be started has no id; the log is empty then, and the caller's sentence says where it is.
  child.once('error', () => {});
  child.unref();
  const ref = child.pid === undefined ? undefined : processRef(child.pid);
  const endpoint = `http://127.0.0.1:${port}`;
  return { pid: -1, start: '', ...ref, endpoint, region, token, temporary, kept: false };
}

/** Whether it came up. False: its process ended, most likely because the port was taken meanwhile. */
async function comesUp(emulator: Emulator, signal: AbortSignal): Promise<boolean> {
  const look = async () => {
    if (!isAlive(emulator)) return false;
    return (await answers(emulator, ANSWER_LIMIT_MS)) || undefined;
  };
  return (await waitFor(look, { everyMs: POLL_MS, limitMs: START_LIMIT_MS, signal })) ?? false;
}

/**
 * Starts an emulator on a free port of 127.0.0.1, with IAM enforced and nothing kept on disk, in a process group of its
 * own, and waits until it answers.
 *
 * @throws CommandError with the telling lines of its log where it doesn't come up
 */
export async function startEmulator(state: string, region: string, signal: AbortSignal): Promise<Emulator> {
  mkdirSync(state, { recursive: true });
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const emulator = launch(state, await freePort(), region);
    write(state, emulator);
    try {
      if (await comesUp(emulator, signal)) return emulator;
    } catch (error) {
      await stopEmulator(state);
      throw error;
    }
    await stopEmulator(state);
  }
  const log = tellingLines(readFileSync(logFile(state), 'utf8'));
  throw new CommandError(`${log}\nThe emulator did not start. Its log is ${relative(ROOT, logFile(state))}.`);
}

/** The emulator that was started under this state folder, where it was meant to stay and still answers. */
export async function findEmulator(state: string): Promise<Emulator | undefined> {
  const emulator = readState(recordFile(state), Emulator);
  if (!emulator?.kept || !isAlive(emulator)) return undefined;
  return (await answers(emulator, ANSWER_LIMIT_MS)) ? emulator : undefined;
}

/** From now on the emulator outlives the command that started it. */
export function keepEmulator(state: string, emulator: Emulator): void {
  write(state, { ...emulator, kept: true });
}

/** Ends the emulator of this state folder with its Lambda processes and removes what it wrote; harmless where there is none. */
export async function stopEmulator(state: string): Promise<void> {
  const emulator = readState(recordFile(state), Emulator);
  if (emulator) {
    await endGroup(emulator, emulator.temporary);
    rmSync(emulator.temporary, { recursive: true, force: true });
  }
  rmSync(recordFile(state), { force: true });
}
