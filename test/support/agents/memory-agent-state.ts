import type {
  AgentRecord,
  AgentState,
  LeaseRecord,
  QueuedWork,
} from '../../../functions/agents/adapters/agent-state.ts';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';

/** The state of agents in memory, open to a look from outside. The contract suite holds it to the same rules as that in DynamoDB. */
export interface MemoryAgentState extends AgentState {
  all(): { agents: AgentRecord[]; leases: LeaseRecord[]; queued: QueuedWork[] };
  /** Leaves a row as an earlier release did, which told the log of no agents. */
  leave(agent: Omit<AgentRecord, 'version'>): void;
}

interface Rows {
  agents: Map<string, AgentRecord>;
  leases: Map<string, LeaseRecord>;
  queued: Map<string, QueuedWork>;
}

export function memoryAgentState(log: EventLog = memoryEventLog()): MemoryAgentState {
  const rows: Rows = { agents: new Map(), leases: new Map(), queued: new Map() };
  return {
    ...agentsIn(rows, log),
    ...queuesIn(rows),
    ...leasesIn(rows),
    all: () =>
      structuredClone({
        agents: [...rows.agents.values()],
        leases: [...rows.leases.values()],
        queued: [...rows.queued.values()],
      }),
    leave: (agent) => void rows.agents.set(agent.agentId, structuredClone({ ...agent, version: 0 })),
  };
}

const LIST = 'agents';
const sortOf = ({ createdAt, agentId }: AgentRecord) => `${createdAt}#${agentId}`;

function agentsIn(
  { agents }: Rows,
  log: EventLog,
): Pick<AgentState, 'saveAgent' | 'findAgent' | 'seeAgent' | 'listAgents'> {
  return {
    async saveAgent({ agent, seen, commit }) {
      const { agentId } = agent;
      const before = agents.get(agentId);
      if ((before?.version ?? 0) !== seen) return false;
      const { activeTasks = 0, createdAt = agent.createdAt } = before ?? {};
      agents.set(agentId, structuredClone({ ...agent, activeTasks, createdAt, version: commit.lastVersion }));
      // Whatever becomes of the commit becomes of the row.
      const stream = { aggregateId: agentId, version: commit.version - 1, commits: [] };
      if ((await log.append(stream, commit)) !== 'conflict') return true;
      if (before === undefined) agents.delete(agentId);
      else agents.set(agentId, before);
      return false;
    },
    findAgent: async (agentId) => structuredClone(agents.get(agentId)),
    async seeAgent(agentId, lastSeenAt) {
      const agent = agents.get(agentId);
      if (agent !== undefined) agents.set(agentId, { ...agent, lastSeenAt });
    },
    async listAgents({ limit, cursor }) {
      const before = cursor === undefined ? undefined : placeOf(cursor, LIST, ['sort']).sort;
      const found = [...agents.values()]
        .filter((agent) => before === undefined || sortOf(agent) < before)
        .sort((a, b) => (sortOf(a) < sortOf(b) ? 1 : -1));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const nextCursor = found.length > limit && last !== undefined ? cursorTo(LIST, { sort: sortOf(last) }) : null;
      return structuredClone({ items, nextCursor });
    },
  };
}

const keyOf = ({ taskType, priority, createdAt, taskId }: QueuedWork) =>
  `${taskType}/${9 - priority}#${createdAt}#${taskId}`;

function queuesIn({ queued }: Rows): Pick<AgentState, 'enqueue' | 'dequeue' | 'waiting'> {
  return {
    async enqueue(work) {
      if ((queued.get(keyOf(work))?.round ?? -1) < work.round) queued.set(keyOf(work), structuredClone(work));
    },
    async dequeue(work) {
      if (queued.get(keyOf(work))?.round === work.round) queued.delete(keyOf(work));
    },
    async waiting(taskType, limit) {
      const keys = [...queued.keys()].filter((key) => key.startsWith(`${taskType}/`)).sort();
      return structuredClone(keys.slice(0, limit).map((key) => queued.get(key) as QueuedWork));
    },
  };
}

function leasesIn({ agents, leases }: Rows) {
  const count = (agentId: string, change: number) => {
    const agent = agents.get(agentId);
    if (agent !== undefined) agents.set(agentId, { ...agent, activeTasks: agent.activeTasks + change });
  };
  const change = (leaseId: string, holds: (lease: LeaseRecord) => boolean, changes: Partial<LeaseRecord>) => {
    const lease = leases.get(leaseId);
    if (lease === undefined || !holds(lease)) return undefined;
    leases.set(leaseId, { ...lease, ...changes });
    return structuredClone(leases.get(leaseId));
  };
  return {
    async openLease(lease) {
      const agent = agents.get(lease.agentId);
      if (agent === undefined || agent.activeTasks >= agent.maxConcurrency) return false;
      leases.set(lease.leaseId, structuredClone(lease));
      count(lease.agentId, 1);
      return true;
    },
    findLease: async (leaseId) => structuredClone(leases.get(leaseId)),
    prolong: async ({ leaseId, keyId }, now, leaseUntil) =>
      change(leaseId, (at) => at.keyId === keyId && at.leaseUntil > now && !at.lost && (at.open || at.cancelled), {
        leaseUntil,
      }),
    markLost: async ({ leaseId, leaseUntil }) =>
      change(leaseId, (at) => at.open && at.leaseUntil === leaseUntil, { lost: true }) !== undefined,
    async closeLease({ leaseId, agentId }, { cancelled }) {
      const closed = change(leaseId, (at) => at.open, { open: false, ...(cancelled ? { cancelled } : {}) });
      if (closed !== undefined) count(agentId, -1);
    },
    async expired(now, limit) {
      const found = [...leases.values()].filter(({ open, leaseUntil }) => open && leaseUntil <= now);
      found.sort((a, b) => (a.leaseUntil < b.leaseUntil ? -1 : 1));
      return structuredClone(found.slice(0, limit));
    },
  } satisfies Pick<AgentState, 'openLease' | 'findLease' | 'prolong' | 'markLost' | 'closeLease' | 'expired'>;
}
