import { setTimeout as sleep } from 'node:timers/promises';
import { BUILT_IN_KEY } from '../../contracts/agents.ts';
import { AppError, isAppError } from '../../shared/kernel/errors.ts';
import { newId } from '../../shared/platform/ids.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { bestFirst, preferring } from '../domain/claim-order.ts';
import type { AgentRecord, LeaseRecord, QueuedWork } from './agent-state.ts';
import type { WorkPorts } from './settling.ts';
import { expireSome, takeBack } from './settling.ts';

export interface ClaimPorts extends WorkPorts {
  /** How long a lease lasts without a heartbeat. */
  leaseSeconds: number;
}

/** Who asks for work, and by which request. */
export interface Claim {
  agentId: string;
  keyId: string;
  requestId: string;
  /** How long to wait for work where there is none. */
  waitMs: number;
  /** The work to take unless a more urgent one waits; without it, the oldest of the most urgent. */
  prefer?: QueuedWork;
}

const logger = newLogger();

/** Between two looks at the queues. */
const POLL_MS = 1000;

/** Works of a type that are looked at together. */
const AT_ONCE = 10;

/** How often the queues are read again after every work of the last look was gone. */
const MAX_LOOKS = 10;

/** Gives an agent the best work that it takes. `undefined`: there is none, or it has its hands full. */
export async function claim(ports: ClaimPorts, wish: Claim): Promise<LeaseRecord | undefined> {
  await ownAgent(ports, wish);
  // Ours is always there, and all of its work would meet in that one row.
  if (wish.keyId !== BUILT_IN_KEY) await ports.state.seeAgent(wish.agentId, ports.now());
  // What goes wrong here is the sweep's to tell: it must not keep this agent from other work.
  await expireSome(ports, new Set());
  const deadline = Date.parse(ports.now()) + wish.waitMs;
  for (;;) {
    const lease = await claimNow(ports, wish);
    const left = deadline - Date.parse(ports.now());
    if (lease !== undefined || left <= 0) return lease;
    await sleep(Math.min(POLL_MS, left));
  }
}

/** Another key's agent is as unknown as one that there is not. */
async function ownAgent({ state }: ClaimPorts, { agentId, keyId }: Claim): Promise<AgentRecord> {
  const agent = await state.findAgent(agentId);
  if (agent?.keyId === keyId) return agent;
  throw new AppError('NOT_FOUND', `There is no agent ${agentId}.`);
}

async function claimNow(ports: ClaimPorts, wish: Claim): Promise<LeaseRecord | undefined> {
  const agent = await ownAgent(ports, wish);
  if (agent.activeTasks >= agent.maxConcurrency) return undefined;
  const troubles: unknown[] = [];
  for await (const work of candidates(ports, agent, wish)) {
    const outcome = await take(ports, wish, work).catch((error: unknown) => {
      logger.error('Work could not be taken', { taskId: work.taskId, error: error as Error });
      troubles.push(error);
      return 'gone' as const;
    });
    if (outcome === 'full') return undefined;
    if (outcome !== 'gone') return outcome;
    if (troubles.length === MAX_TROUBLES) break;
  }
  if (troubles.length > 0) throw troubles[0];
  return undefined;
}

/** One work that cannot be read keeps nobody from the others; where several fail, it is not the work. */
const MAX_TROUBLES = 3;

/** Best first. Each that is not taken has left its queue by the next look, so only an empty look means that there is nothing. */
async function* candidates({ state }: ClaimPorts, { capabilities }: AgentRecord, { prefer }: Claim) {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const queues = await Promise.all(capabilities.map((taskType) => state.waiting(taskType, AT_ONCE)));
    const works = bestFirst(queues.flat());
    if (works.length === 0) return;
    yield* look === 0 && prefer !== undefined ? preferring(works, prefer) : works;
  }
}

/**
 * Takes one work. The lease's row comes first: a crash behind it leaves a lease that runs out and is settled, while work that is leased
 * in the log by no row would wait for ever. For the same reason a lease that was overtaken by its own end gives the work back at once.
 */
async function take(ports: ClaimPorts, wish: Claim, work: QueuedWork): Promise<LeaseRecord | 'gone' | 'full'> {
  const { works, state, now } = ports;
  if ((await works.find(work.taskId)).status !== 'waiting') {
    await state.dequeue(work);
    return 'gone';
  }
  const lease = newLease(ports, wish, work);
  if (!(await state.openLease(lease))) return 'full';
  if (!(await leased(ports, wish, lease))) {
    await state.closeLease(lease, { cancelled: false });
    return 'gone';
  }
  if (lease.leaseUntil <= now()) {
    await takeBack(ports, lease);
    return 'gone';
  }
  await state.dequeue(work);
  return lease;
}

function newLease({ now, leaseSeconds }: ClaimPorts, { agentId, keyId }: Claim, work: QueuedWork): LeaseRecord {
  const leaseUntil = secondsAfter(now(), leaseSeconds);
  return { leaseId: newId('lease'), agentId, keyId, work, leaseUntil, open: true, lost: false, cancelled: false };
}

/** Asks the log for the work. `false`: another agent was faster, or it was withdrawn. */
async function leased({ works }: ClaimPorts, { requestId, keyId }: Claim, lease: LeaseRecord): Promise<boolean> {
  const { leaseId, agentId, work } = lease;
  const cause = { commandId: `${leaseId}:claim`, causationId: requestId, userId: keyId };
  try {
    await works.send(work.taskId, 'LeaseWork', { leaseId, agentId }, cause);
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'CONFLICT') return false;
    throw error;
  }
}

export function secondsAfter(timestamp: string, seconds: number): string {
  return new Date(Date.parse(timestamp) + 1000 * seconds).toISOString();
}
