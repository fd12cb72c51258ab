import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Writable } from 'node:stream';
import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { endGroup, isAlive, leadersRunning, processRef } from '../process/processes.ts';
import { tellingLines } from '../process/run-logged.ts';
import { waitFor } from '../process/waiting.ts';
import { VENV_PYTHON } from '../setup/venv.ts';
import { BIN, ROOT } from './folders.ts';
import { readState, replaceFile, stateText } from './state-file.ts';

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
/** `leash` is there where this command started it, and ends it when this command ends: see emulator.py. */
export type Emulator = z.infer<typeof Emulator> & { leash?: Writable };

const SCRIPT = join(import.meta.dirname, 'emulator.py');
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
  replaceFile(recordFile(state), stateText(recordFile(state), Emulator.parse(emulator)));
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
 * The Lambda code runs on the first `node` of the PATH. Its folder lies outside the checkout, because Node looks in every
 * folder above: the checkout's package.json would say how to load it, and code that was bundled badly would find the
 * checkout's packages and work here only.
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
  const child = spawn(VENV_PYTHON, ['-I', '-u', SCRIPT, state], {
    cwd: temporary,
    env: environment(port, { region, token, temporary }),
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  // Without this, a program that can't be started would end this one; the caller sees it has no id, or is gone.
  for (const source of [child, child.stdin]) source?.on('error', () => {});
  const ref = child.pid === undefined ? undefined : processRef(child.pid);
  const endpoint = `http://127.0.0.1:${port}`;
  const leash = child.stdin ?? undefined;
  return { pid: -1, start: '', ...ref, endpoint, region, token, temporary, kept: false, ...(leash && { leash }) };
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
export async function keepEmulator(state: string, emulator: Emulator): Promise<void> {
  write(state, { ...emulator, kept: true });
  const { leash } = emulator;
  if (leash) await new Promise<void>((resolve) => leash.end('k', resolve));
}

/**
 * Ends the emulator of this state folder with its Lambda processes and removes what it wrote; harmless where there is
 * none. One whose record was deleted, as `git clean` does, is known by its command line.
 */
export async function stopEmulator(state: string): Promise<void> {
  const emulator = readState(recordFile(state), Emulator);
  if (emulator) {
    await endGroup(emulator, emulator.temporary);
    rmSync(emulator.temporary, { recursive: true, force: true });
  }
  for (const unrecorded of leadersRunning(`${SCRIPT} ${state}`)) await endGroup(unrecorded);
  rmSync(recordFile(state), { force: true });
}
