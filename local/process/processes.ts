import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitFor } from './waiting.ts';

/**
 * Which process is meant, for longer than it may live: ids are given out again, so its start goes with the id. `start`
 * is opaque, and differs between boots of the machine where the system tells them apart.
 */
export type ProcessRef = { pid: number; start: string };
type ProcessRow = ProcessRef & { parent: number; group: number; command: string };

const STOP_GRACE_MS = 5_000;
const KILL_LIMIT_MS = 5_000;
const POLL_MS = 25;

/** From /proc, because small container images have no `ps`. Zombies are dead: only their parent still has to notice. */
function readProc(pid: string, boot: string): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so the fields count from the last closing one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [status, parent, group] = fields;
    if (status === 'Z' || status === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid: Number(pid), start: `${boot}/${fields[19]}`, parent: Number(parent), group: Number(group), command };
  } catch {
    // It ended while it was being read.
    return undefined;
  }
}

function readPsLine(line: string): ProcessRow | undefined {
  const parts = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line);
  if (!parts || parts[4]?.startsWith('Z')) return undefined;
  const [, pid, parent, group, , start = '', command = ''] = parts;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), start, command };
}

function listProcesses(): ProcessRow[] {
  if (existsSync('/proc/self/stat')) {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map((pid) => readProc(pid, boot)).filter((row) => row !== undefined);
  }
  const columns = ['-axww', '-o', 'pid=,ppid=,pgid=,stat=,lstart=,command='];
  const output = execFileSync('ps', columns, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return output
    .split('\n')
    .map(readPsLine)
    .filter((row) => row !== undefined);
}

/** The identity of a running process, undefined where there is none with that id. */
export function processRef(pid: number): ProcessRef | undefined {
  const row = listProcesses().find((one) => one.pid === pid);
  return row && { pid: row.pid, start: row.start };
}

export function isAlive(ref: ProcessRef): boolean {
  return processRef(ref.pid)?.start === ref.start;
}

/**
 * The processes of the group that `leader` was started to lead. Where the leader has gone, only those count whose command
 * line names `mark`, or that were known as its members while it was there; where its id belongs to another process now, the group is long over, for a system gives no id out
 * again while a group has it.
 */
function groupOf(leader: ProcessRef, mark?: string, known: readonly ProcessRef[] = []): ProcessRow[] {
  const rows = listProcesses();
  const current = rows.find(({ pid }) => pid === leader.pid);
  if (current && current.start !== leader.start) return [];
  const members = rows.filter(({ group }) => group === leader.pid);
  if (current) return members;
  const isKnown = (row: ProcessRow) => known.some(({ pid, start }) => pid === row.pid && start === row.start);
  return members.filter((row) => isKnown(row) || (mark !== undefined && row.command.includes(mark)));
}

/** Leaders of groups whose command line ends with this text. */
export function leadersRunning(commandEnd: string): ProcessRef[] {
  return listProcesses().filter(({ pid, group, command }) => pid === group && command.trimEnd().endsWith(commandEnd));
}

/** Processes that descend from this one and share its terminal group, so not what was started to live on by itself. */
export function helpersOf(pid: number): ProcessRow[] {
  const rows = listProcesses();
  const own = rows.find((row) => row.pid === pid);
  const below = (parent: number): ProcessRow[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(pid).filter(({ group }) => group === own?.group);
}

export function signalAll(processes: readonly ProcessRef[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // ESRCH: it ended in the meantime, which is what was wanted.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

async function endWithin(members: () => ProcessRow[], limitMs: number): Promise<boolean> {
  const gone = () => members().length === 0 || undefined;
  return (await waitFor(gone, { everyMs: POLL_MS, limitMs })) === true;
}

/**
 * Ends a process that was started as the leader of its own group, and everything that it started in that group: asks
 * with SIGTERM, and after 5 s doesn't ask any more. Does nothing where they have ended.
 *
 * @param mark a text that only the command lines of this group hold, to know its members by when the leader has gone
 */
export async function endGroup(leader: ProcessRef, mark?: string): Promise<void> {
  const known = groupOf(leader, mark);
  const members = () => groupOf(leader, mark, known);
  signalAll(members(), 'SIGTERM');
  if (await endWithin(members, STOP_GRACE_MS)) return;
  signalAll(members(), 'SIGKILL');
  if (!(await endWithin(members, KILL_LIMIT_MS))) throw new Error(`Process ${leader.pid} does not end.`);
}
