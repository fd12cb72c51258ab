import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';

/** An agent is there, or says anew what it can do. */
export interface AgentRegistered {
  type: 'AgentRegistered';
  data: { name: string; capabilities: readonly string[]; maxConcurrency: number };
}

/** Everything that can happen to an agent itself, in its newest form. What it does, its work tells. */
export type AgentEvent = AgentRegistered;

export const agentEvents: EventContract<AgentEvent> = eventContract<AgentEvent>({ AgentRegistered: true });
