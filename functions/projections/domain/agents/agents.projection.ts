import type { AgentEvent } from '../../../contracts/events/agent-events.v1.ts';
import { agentEvents } from '../../../contracts/events/agent-events.v1.ts';
import type { WorkEvent } from '../../../contracts/events/work-events.v1.ts';
import { workEvents } from '../../../contracts/events/work-events.v1.ts';
import type { AgentRow, WorkRow } from '../../../contracts/views/agent.model.ts';
import type { Recorded } from '../../../shared/kernel/decider.ts';
import type { Counts, Projection } from '../../../shared/kernel/projection.ts';

/** One row an agent; what the agents do is counted from their work. */
export const agentsProjection: Projection<AgentEvent | WorkEvent, AgentRow | WorkRow> = {
  events: { read: (stored) => (stored.type === 'AgentRegistered' ? agentEvents : workEvents).read(stored) },
  project: (row, event) =>
    event.type === 'AgentRegistered' ? agentRow(row as AgentRow | undefined, event) : workRow(row as WorkRow, event),
  counts: (row) => (row.kind === 'work' ? countsOf(row) : {}),
};

function agentRow(row: AgentRow | undefined, { aggregateId: id, data, timestamp }: Recorded<AgentEvent>): AgentRow {
  return { kind: 'agent', id, ...data, createdAt: row?.createdAt ?? timestamp };
}

const STATUS: Record<WorkEvent['type'], WorkRow['status']> = {
  WorkOffered: 'waiting',
  WorkLeased: 'active',
  WorkReturned: 'waiting',
  WorkDone: 'completed',
  WorkFailed: 'failed',
  WorkWithdrawn: 'withdrawn',
};

function workRow(row: WorkRow | undefined, event: Recorded<WorkEvent>): WorkRow {
  return {
    kind: 'work',
    id: event.aggregateId,
    status: STATUS[event.type],
    agentId: 'agentId' in event.data ? event.data.agentId : null,
    createdAt: row?.createdAt ?? event.timestamp,
  };
}

/** Work counts for the agent that has it in hand, or has ended it; given back or withdrawn, it counts for nobody. */
function countsOf({ status, agentId }: WorkRow): Counts {
  const isCounted = status === 'active' || status === 'completed' || status === 'failed';
  return isCounted && agentId !== null ? { [agentId]: { [status]: 1 } } : {};
}
