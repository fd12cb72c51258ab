import type { ReadModel } from '../read-model.ts';

/** An agent as its registration tells it. What it has done stands in the counts, by its id. */
export interface AgentRow {
  kind: 'agent';
  id: string;
  name: string;
  capabilities: readonly string[];
  maxConcurrency: number;
  createdAt: string;
}

/** A task's work, as far as it counts for an agent; no list shows it. */
export interface WorkRow {
  kind: 'work';
  id: string;
  status: 'waiting' | 'active' | 'completed' | 'failed' | 'withdrawn';
  /** Who holds it, or has ended it. */
  agentId: string | null;
  createdAt: string;
}

/** The read model of the query `agents`. */
export const agentReadModel: ReadModel<AgentRow | WorkRow> = {
  name: 'agents',
  generation: 1,
  idOf: ({ id }) => id,
  sortKeyOf: ({ createdAt }) => createdAt,
  indexes: {},
  isListed: ({ kind }) => kind === 'agent',
};
