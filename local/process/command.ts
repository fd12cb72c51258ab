import { appendFileSync, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { CommandError } from '../../cli/command-error.ts';
import { ROOT, STATE } from '../cloud/folders.ts';
import { helpersOf, signalAll } from './processes.ts';
import { untilAborted, waitFor } from './waiting.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const HELPER_GRACE_MS = 2_000;
const UNWIND_LIMIT_MS = 15_000;

/** The user, or the system, ended the command. The reason of the abort signal that commands get. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`Stopped by ${signal}.`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

function reportUnexpected(error: unknown): void {
  const log = join(STATE, 'error.log');
  mkdirSync(STATE, { recursive: true });
  appendFileSync(log, `${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = error instanceof Error ? error.message : String(error);
  console.error(`Unexpected: ${message} (details in ${relative(ROOT, log)})`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  if (error instanceof CommandError) console.error(error.message);
  else reportUnexpected(error);
  return 1;
}

/** What a command started in this terminal and has not waited for, such as a test run that was interrupted. */
async function endHelpers(): Promise<void> {
  signalAll(helpersOf(process.pid), 'SIGTERM');
  const gone = () => helpersOf(process.pid).length === 0 || undefined;
  await waitFor(gone, { everyMs: 50, limitMs: HELPER_GRACE_MS });
  signalAll(helpersOf(process.pid), 'SIGKILL');
}

/**
 * Waits for work that runs tools in this terminal and can't be told to stop. On an abort its tools are ended, also those
 * that it starts next, until it has ended itself; then this rejects with the reason.
 */
export async function untilAbortedWithTools<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    let ended = false;
    const note = () => {
      ended = true;
    };
    work.then(note, note);
    const end = async () => {
      await endHelpers();
      return ended || undefined;
    };
    await waitFor(end, { everyMs: 50, limitMs: UNWIND_LIMIT_MS });
    throw error;
  }
}

/**
 * Runs the body of a command to its end, whatever happens: a signal or an uncaught error aborts the signal that the body
 * gets, so that it unwinds and cleans up behind itself, however often Ctrl-C is pressed. Then ends the process with the
 * exit code that the body answers, 1 after an error and 128 + n after signal n.
 */
export async function runCommand(body: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(new Interrupted(signal)));
  process.on('uncaughtException', (error) => controller.abort(error));
  // A reader that went away (`npm start | head`) must not keep the command from cleaning up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const exitCode = await body(controller.signal).catch(exitCodeOf);
  await endHelpers();
  process.exit(exitCode);
}
