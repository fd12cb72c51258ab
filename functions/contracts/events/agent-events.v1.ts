import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';

/** The agent may take work from here on. Once more where an agent that comes with the product takes other work than before. */
export interface AgentRegistered {
  type: 'AgentRegistered';
  data: {
    name: string;
    /** The task types that it takes. */
    capabilities: readonly string[];
    /** Tasks that it works on at a time. */
    maxConcurrency: number;
  };
}

/** Everything that can happen to an agent, in its newest form. */
export type AgentEvent = AgentRegistered;

export const agentEvents: EventContract<AgentEvent> = eventContract<AgentEvent>({
  AgentRegistered: true,
});
