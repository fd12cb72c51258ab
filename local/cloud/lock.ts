import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { isAlive, processRef } from '../process/processes.ts';
import { readState, stateText } from './state-file.ts';

const Holder = z.object({ pid: z.number(), start: z.string(), command: z.string() });
type Holder = z.infer<typeof Holder>;

const WAIT_MS = 200;

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Moves a dead holder's lock away. Another process may have done so and taken the lock since: then that one goes back. */
function removeStale(file: string): void {
  const before = readState(file, Holder);
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readState(aside, Holder);
  if (moved && moved.pid !== before?.pid) linkSync(aside, file);
  rmSync(aside, { force: true });
}

/** The live process that holds the lock, undefined where it is free. */
export function lockHolder(file: string): Holder | undefined {
  const holder = readState(file, Holder);
  return holder && isAlive(holder) ? holder : undefined;
}

/** Makes the lock file whole in one step, or answers who has it. */
function tryLock(file: string, text: string): 'taken' | Holder | 'again' {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return 'taken';
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const holder = lockHolder(file);
    if (!holder) removeStale(file);
    return holder ?? 'again';
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) rmSync(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * Does the work as the only process that has this lock. A holder that died leaves nothing behind that matters.
 *
 * @param command what holds it, in words that the next one can show, such as `npm start`
 * @param onHeld called with the live holder each time the lock is found taken: returns to wait for it, throws to give up
 */
export async function withLock<T>(
  file: string,
  command: string,
  work: () => Promise<T>,
  onHeld: (holder: Holder) => void = refuse,
): Promise<T> {
  const text = stateText(file, { ...processRef(process.pid), command });
  for (let outcome = tryLock(file, text); outcome !== 'taken'; outcome = tryLock(file, text)) {
    if (outcome === 'again') continue;
    onHeld(outcome);
    await sleep(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    release(file, text);
  }
}

function refuse(holder: Holder): never {
  throw new CommandError(
    `"${holder.command}" (process ${holder.pid}) is at work in this checkout: wait for it to end, or stop it first.`,
  );
}
