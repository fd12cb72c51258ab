import type { Failure } from '../../contracts/task-fields.ts';
import { isRefusal } from '../../shared/kernel/errors.ts';
import type { AgentState, LeaseRecord, QueuedWork } from './agent-state.ts';
import type { Wake } from './wake-queue.ts';
import type { Works } from './works.ts';

export interface WorkPorts {
  works: Works;
  state: AgentState;
  wake: Wake;
  /** ISO 8601, UTC. */
  now(): string;
}

/** Shows work to agents. The row goes first: an agent that is woken looks for it. */
export async function show({ state, wake }: Pick<WorkPorts, 'state' | 'wake'>, work: QueuedWork): Promise<void> {
  await state.enqueue(work);
  await wake(work);
}

/**
 * Does what follows from a lease that holds its work no longer: the log has decided, and this brings queue and counts in line with it.
 * The lease is closed last, so that a sweep finds it again for as long as something is left to do.
 */
export async function settle(ports: WorkPorts, lease: LeaseRecord): Promise<void> {
  const work = await ports.works.find(lease.work.taskId);
  if (work.status === 'waiting') await show(ports, { ...lease.work, round: work.returns });
  const cancelled = work.status === 'withdrawn' && work.lease?.leaseId === lease.leaseId;
  await ports.state.closeLease(lease, { cancelled });
}

/** Takes the work from an agent that let its lease run out. */
export async function takeBack(ports: WorkPorts, lease: LeaseRecord): Promise<void> {
  const { leaseId, work } = lease;
  const cause = { commandId: `${leaseId}:lost` };
  await ports.works.send(work.taskId, 'ReturnWork', { leaseId, error: lost(lease) }, cause).catch(unlessRefusal);
  await settle(ports, lease);
}

/** The lease has ended in another way, or the work was never leased by it. */
function unlessRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

function lost({ agentId }: LeaseRecord): Failure {
  return { code: 'AGENT_LOST', message: `The agent ${agentId} was lost: it let its lease run out.` };
}

/**
 * Ends a lease that has run out. Heartbeats are shut out before anything else, so that none of them is answered with more time while
 * the work goes to another agent.
 */
export async function expire(ports: WorkPorts, lease: LeaseRecord): Promise<void> {
  if (await ports.state.markLost(lease)) await takeBack(ports, lease);
}

/** Ended side by side. */
const AT_ONCE = 10;

/**
 * Ends some leases that have run out, the longest ago first, besides those that were looked at before. Each is ended by itself: one
 * that fails holds up no other.
 */
export async function expireSome(
  ports: WorkPorts,
  looked: ReadonlySet<string>,
): Promise<{ leaseIds: string[]; errors: unknown[] }> {
  const found = await ports.state.expired(ports.now(), looked.size + AT_ONCE);
  const leases = found.filter(({ leaseId }) => !looked.has(leaseId)).slice(0, AT_ONCE);
  const outcomes = await Promise.allSettled(leases.map((lease) => expire(ports, lease)));
  return {
    leaseIds: leases.map(({ leaseId }) => leaseId),
    errors: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])),
  };
}
