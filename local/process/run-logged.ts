import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { ROOT } from '../cloud/folders.ts';
import { readState, replaceFile, stateText } from '../cloud/state-file.ts';
import { endGroup, processRef } from './processes.ts';
import { untilAborted } from './waiting.ts';

/** `name` is that of the log and of the record; `failure` the sentence for a user when the tool fails. */
export type LoggedRun = {
  state: string;
  folder: string;
  name: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  failure: string;
};

const Leader = z.object({ pid: z.number(), start: z.string() });
const SHOWN_LINES = 12;
const TELLING = /_FAILED|❌|\b\w*(?:Error|Exception)\b|\berror\b|^fatal/i;

function recordFolder(state: string): string {
  return join(state, 'running');
}

/** What a reader wants to see of a failed tool's log: the lines that speak of errors, or else the last ones. */
export function tellingLines(log: string): string {
  const lines = stripVTControlCharacters(log)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : lines).slice(-SHOWN_LINES).join('\n');
}

/**
 * Runs a tool in a folder, in a process group of its own and with its output in `STATE/NAME.log`. The group
 * ends with the signal, and is written down while it runs: where this process is killed, {@link endLeftovers} finds it.
 *
 * @throws CommandError with the telling lines of the log and the given sentence, where the tool fails
 */
export async function runLogged(command: readonly string[], run: LoggedRun): Promise<void> {
  run.signal.throwIfAborted();
  mkdirSync(run.state, { recursive: true });
  const logFile = join(run.state, `${run.name}.log`);
  const record = join(recordFolder(run.state), `${run.name}.json`);
  const log = openSync(logFile, 'w');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: run.folder, env: run.env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  const leader = child.pid === undefined ? undefined : processRef(child.pid);
  if (leader) replaceFile(record, stateText(record, leader));
  try {
    const [code] = await untilAborted(ended, run.signal);
    if (code === 0) return;
  } finally {
    if (leader) await endGroup(leader);
    rmSync(record, { force: true });
  }
  const place = relative(ROOT, logFile);
  throw new CommandError(`${tellingLines(readFileSync(logFile, 'utf8'))}\n${run.failure} The whole log is ${place}.`);
}

/** Ends the tools that a killed command left running under this state folder. */
export async function endLeftovers(state: string): Promise<void> {
  const folder = recordFolder(state);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const leader = readState(join(folder, name), Leader);
    if (leader) await endGroup(leader);
    rmSync(join(folder, name), { force: true });
  }
}
