import { readdirSync, readFileSync } from 'node:fs';
import { cloud } from './cloud.ts';

/**
 * Kills the processes in which the local cloud runs a function, in the middle of whatever they do: what a Lambda's sudden end is there.
 *
 * @param name what its logical id begins with, behind its stack's name
 * @returns how many there were; none where the cloud is not this machine's own, or not on Linux
 */
export function killFunction(name: string): number {
  const pids = processes().filter((pid) => parentOf(pid) === cloud.pid && isOf(pid, name));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function isOf(pid: number, name: string): boolean {
  return read(pid, 'cmdline').includes(`-${name}Function`) || read(pid, 'cmdline').includes(`-${name}FnFunction`);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(pid, 'status'))?.[1]);
}

/** Empty where it ended meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
