import type { Page } from '../../contracts/api/list.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';

/** An agent, and how much it has in hand. */
export interface AgentRecord {
  agentId: string;
  name: string;
  /** The task types that it takes. */
  capabilities: readonly string[];
  maxConcurrency: number;
  /** The API key that registered it, which alone may act for it. */
  keyId: string;
  /** Its open leases. */
  activeTasks: number;
  /** ISO 8601, UTC; so are all times here. */
  lastSeenAt: string;
  createdAt: string;
  /** Where its registration stands in its history. 0: an earlier release registered it, which told the log of no agents. */
  version: number;
}

export type NewAgent = Omit<AgentRecord, 'activeTasks' | 'version'>;

/** What an agent says of itself, and the commit that tells the log of it. */
export interface AgentRegistration {
  agent: NewAgent;
  /** The version that its row was seen at; 0 also where there was none. */
  seen: number;
  commit: Commit;
}

/** Work that waits, as the queue of its type shows it. */
export interface QueuedWork {
  taskId: string;
  taskType: string;
  /** 0 to 9; the higher goes first. */
  priority: number;
  /** When the task was created: of one priority, the oldest goes first. */
  createdAt: string;
  /** How often it was given back. Tells the row of this wait from one that an earlier wait left behind. */
  round: number;
}

/** A lease's clock and owner. Who holds the work, the event log alone knows. */
export interface LeaseRecord {
  leaseId: string;
  agentId: string;
  keyId: string;
  work: QueuedWork;
  leaseUntil: string;
  /** Not settled yet: it counts among its agent's active tasks. */
  open: boolean;
  /** Found to have run out. No heartbeat brings it back. */
  lost: boolean;
  /** Its work was withdrawn. */
  cancelled: boolean;
}

export interface AgentPage {
  limit: number;
  cursor?: string | undefined;
}

/**
 * What agents, queues and leases need besides the log: indexes, clocks and counts. The log is the truth; a row here may be left behind
 * by a crash between two writes, and whoever meets it puts it right. Every write may be made twice.
 */
export interface AgentState {
  /**
   * Stores what the agent said of itself, and its event, in one; an agent that is there keeps its count and its beginning. `false`: the
   * row is not as it was seen, or its history is not; nothing was written.
   */
  saveAgent(registration: AgentRegistration): Promise<boolean>;
  findAgent(agentId: string): Promise<AgentRecord | undefined>;
  seeAgent(agentId: string, now: string): Promise<void>;
  /** Newest first. */
  listAgents(page: AgentPage): Promise<Page<AgentRecord>>;

  /** Shows the work to agents, unless a later round of it is shown already. */
  enqueue(work: QueuedWork): Promise<void>;
  /** Takes away just this round of it, never a later one. */
  dequeue(work: QueuedWork): Promise<void>;
  /** The first of a type, best first. */
  waiting(taskType: string, limit: number): Promise<QueuedWork[]>;

  /** Opens a lease and counts it at its agent, in one. `false`: the agent has its hands full, nothing was written. */
  openLease(lease: LeaseRecord): Promise<boolean>;
  findLease(leaseId: string): Promise<LeaseRecord | undefined>;
  /** A heartbeat. `undefined`: there is no such lease of this key, or it has ended or run out. */
  prolong(lease: Pick<LeaseRecord, 'leaseId' | 'keyId'>, now: string, until: string): Promise<LeaseRecord | undefined>;
  /** Shuts out heartbeats. `false`: a heartbeat was faster, or somebody else has settled the lease. */
  markLost(lease: LeaseRecord): Promise<boolean>;
  /** Settles the lease and takes it off its agent's count, in one; settled already, it stays as it is. */
  closeLease(lease: Pick<LeaseRecord, 'leaseId' | 'agentId'>, how: { cancelled: boolean }): Promise<void>;
  /** Open leases that have run out, longest ago first; an index gives them, which may lag. */
  expired(now: string, limit: number): Promise<LeaseRecord[]>;
}
