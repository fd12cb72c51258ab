import { expect } from 'vitest';
import { worksIn } from '../../../functions/agents/adapters/works.ts';
import type { WorkState } from '../../../functions/agents/domain/work.decider.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { workEvents } from '../../../functions/contracts/events/work-events.v1.ts';
import { workIdOf } from '../../../functions/contracts/task-ids.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { history } from '../../../functions/shared/platform/log/stored-event.ts';
import type { AgentWorld } from './memory-agent-world.ts';
import { callOf, LEASE_SECONDS } from './memory-agent-world.ts';

export const workOf = ({ log, now }: AgentWorld, taskId: string): Promise<WorkState> => worksIn(log, now).find(taskId);

export async function eventsOf(log: EventLog, taskId: string): Promise<WorkEvent[]> {
  return history(workEvents, await log.load(workIdOf(taskId)));
}

/** One lease at most holds the work, and each lease ends once at most. */
export function assertOneHolder(events: readonly WorkEvent[]): void {
  const byLease = events.flatMap(({ type, data }) => ('leaseId' in data ? [{ type, leaseId: data.leaseId }] : []));
  let holder: string | null = null;
  for (const { type, leaseId } of byLease) {
    const takes = type === 'WorkLeased';
    expect({ type, leaseId, holder }).toEqual({ type, leaseId, holder: takes ? null : leaseId });
    holder = takes ? leaseId : null;
  }
}

/** What a deployment does by itself, whatever has been left behind: leases run out, and the sweep comes by. */
export async function recovered(world: AgentWorld): Promise<void> {
  world.pass(LEASE_SECONDS + 1);
  await world.feature.sweep();
}

/** Each work is in just one place: in its queue, in the hands of one agent, or at its end. And every agent's count is right. */
export async function assertInPlace(world: AgentWorld, taskIds: readonly string[]): Promise<void> {
  const { agents, leases, queued } = world.state.all();
  const open = leases.filter((lease) => lease.open);
  for (const taskId of taskIds) {
    const work = await workOf(world, taskId);
    assertOneHolder(await eventsOf(world.log, taskId));
    const holders = open.filter((lease) => lease.work.taskId === taskId).map(({ leaseId }) => leaseId);
    expect(holders).toEqual(work.status === 'leased' ? [work.lease.leaseId] : []);
    const rows = queued.filter((row) => row.taskId === taskId).map(({ round }) => round);
    if (work.status === 'waiting') expect(rows).toEqual([work.returns]);
  }
  for (const { agentId, activeTasks } of agents) {
    expect({ agentId, activeTasks }).toEqual({
      agentId,
      activeTasks: open.filter((lease) => lease.agentId === agentId).length,
    });
  }
}

/** A fresh agent does all that waits; then nothing is left anywhere. Answers the tasks that it did. */
export async function drained(world: AgentWorld): Promise<string[]> {
  const done: string[] = [];
  await world.register('agent_fresh');
  for (let lease = await world.claim('agent_fresh'); lease !== undefined; lease = await world.claim('agent_fresh')) {
    const end = await world.feature.leases.complete(callOf(lease), { summary: 'Done.', files: [] });
    done.push(end.taskId);
  }
  const { agents, leases, queued } = world.state.all();
  expect(queued).toEqual([]);
  expect(leases.filter((lease) => lease.open)).toEqual([]);
  expect(agents.filter(({ activeTasks }) => activeTasks !== 0)).toEqual([]);
  return done;
}
