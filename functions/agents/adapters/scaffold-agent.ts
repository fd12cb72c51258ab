import { setTimeout as sleep } from 'node:timers/promises';
import { BUILT_IN_KEY, SCAFFOLD } from '../../contracts/agents.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import { isRefusal } from '../../shared/kernel/errors.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { ProjectFile, ScaffoldOutcome } from '../domain/scaffold.ts';
import { scaffoldProject } from '../domain/scaffold.ts';
import type { Phase } from '../domain/scaffold-phases.ts';
import { generated, planned, uploaded } from '../domain/scaffold-phases.ts';
import type { LeaseRecord, QueuedWork } from './agent-state.ts';
import type { Claim } from './claims.ts';
import type { LeaseCall, LeaseEnd, Leases } from './leases.ts';
import type { ScaffoldRecordPorts } from './scaffold-record.ts';
import { registerScaffold } from './scaffold-record.ts';
import type { Works } from './works.ts';

export interface ScaffoldPorts extends ScaffoldRecordPorts {
  log: EventLog;
  leases: Leases;
  works: Pick<Works, 'find'>;
  /** How long a task is held before its work, so that a person can see it assigned. */
  holdMs: number;
  /** ISO 8601, UTC. */
  now(): string;
}

const logger = newLogger();

/** No task is begun later than this after the message came: what remains of the function's time is enough for one. */
const BEGIN_WITHIN_MS = 30_000;

/**
 * Does what waits, by the same leases as every agent: the task of the message unless a more urgent one waits, so that a hundred messages
 * of one moment do not run for one task, and after it any whose own message was lost. Where nothing is to be had, another message has
 * taken it; only if the message's own task still waits has something gone wrong, and the message comes again.
 */
export function scaffoldAgent(ports: ScaffoldPorts) {
  return async (prefer: QueuedWork): Promise<void> => {
    const { taskId } = prefer;
    const until = Date.parse(ports.now()) + BEGIN_WITHIN_MS;
    await registerScaffold(ports, ports.now());
    const any: Claim = { agentId: SCAFFOLD, keyId: BUILT_IN_KEY, requestId: `wake:${taskId}`, waitMs: 0 };
    for (let wish: Claim = { ...any, prefer }; Date.parse(ports.now()) < until; wish = any) {
      const lease = await ports.leases.claim(wish);
      if (lease === undefined) break;
      // Given back, it has called for another try already, which should not come in the same breath.
      if ((await work(ports, lease)) === 'returned') return;
    }
    const { status } = await ports.works.find(taskId);
    if (status === 'waiting') throw new Error(`${taskId} waits, and the scaffold agent could not take it.`);
  };
}

/** A lease that is lost or whose work is withdrawn ends the work where it is: nobody waits for it. */
async function work(ports: ScaffoldPorts, lease: LeaseRecord): Promise<'ended' | 'returned'> {
  try {
    await attempt(ports, lease);
    return 'ended';
  } catch (error) {
    if (isRefusal(error)) return 'ended';
    logger.error('The scaffold agent failed', { taskId: lease.work.taskId, error: error as Error });
    // What failed is around the work, not in it: another try may do.
    await ports.leases.fail(call(lease, 'return'), { error: INTERNAL_ERROR, retryable: true });
    return 'returned';
  }
}

const INTERNAL_ERROR = { code: 'INTERNAL_ERROR', message: 'The scaffold agent failed on our side.' };

async function attempt(ports: ScaffoldPorts, lease: LeaseRecord): Promise<LeaseEnd | undefined> {
  if (await isCancelled(ports, lease, planned(lease.work.taskType))) return;
  if (await isCancelledWhileHeld(ports, lease)) return;
  const outcome = await generate(ports, lease);
  if (outcome === 'broken') return ports.leases.fail(call(lease, 'fail'), { error: INTERNAL_ERROR, retryable: false });
  if (!outcome.ok) return ports.leases.fail(call(lease, 'fail'), { error: outcome.error, retryable: false });
  if (await isCancelled(ports, lease, generated(outcome.files.length))) return;
  const files = await upload(ports, lease, outcome.files);
  return files && ports.leases.complete(call(lease, 'complete'), { summary: outcome.summary, files });
}

/** One command a lease and kind, so that a call whose answer was lost is known again. */
function call({ leaseId, keyId }: LeaseRecord, what: string): LeaseCall {
  return { leaseId, keyId, requestId: `${leaseId}:${what}` };
}

async function isCancelled({ leases }: ScaffoldPorts, lease: LeaseRecord, phase?: Phase): Promise<boolean> {
  const beat = phase === undefined ? {} : { progress: phase.progress, log: [phase.line] };
  const { cancelled } = await leases.heartbeat(call(lease, 'heartbeat'), beat);
  return cancelled;
}

/** The longest that a cancellation goes unheard. */
const BEAT_MS = 1000;

async function isCancelledWhileHeld(ports: ScaffoldPorts, lease: LeaseRecord): Promise<boolean> {
  for (let left = ports.holdMs; left > 0; left -= BEAT_MS) {
    await sleep(Math.min(left, BEAT_MS));
    if (await isCancelled(ports, lease)) return true;
  }
  return false;
}

/** The generator knows no chance and no network: what breaks it breaks it every time. */
async function generate(
  { log }: ScaffoldPorts,
  { work: { taskId } }: LeaseRecord,
): Promise<ScaffoldOutcome | 'broken'> {
  const [created] = history(taskEvents, await log.load(taskId));
  if (created?.type !== 'TaskCreated') throw new Error(`There is no task ${taskId}.`);
  try {
    return scaffoldProject(created.data);
  } catch (error) {
    logger.error('The generator failed', { taskId, error: error as Error });
    return 'broken';
  }
}

/** Files that are uploaded side by side. */
const AT_ONCE = 5;

/** `undefined`: the work was withdrawn meanwhile. */
async function upload(ports: ScaffoldPorts, lease: LeaseRecord, files: readonly ProjectFile[]) {
  const listed: { path: string; sha256: string }[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE);
    const staged = some.map(({ path, content, contentType }) =>
      ports.leases.stage(call(lease, 'stage'), { path, bytes: Buffer.from(content, 'utf8'), contentType }),
    );
    listed.push(...(await Promise.all(staged)));
    if (await isCancelled(ports, lease, uploaded(listed.length, files.length))) return undefined;
  }
  return listed.map(({ path, sha256 }) => ({ path, sha256 }));
}
