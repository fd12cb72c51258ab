import type { AgentState } from './agent-state.ts';
import type { AgentTable } from './agent-table.ts';
import { dynamoAgents } from './dynamo-agents.ts';
import { dynamoLeases } from './dynamo-leases.ts';
import { dynamoQueue } from './dynamo-queue.ts';

/**
 * Rows: `agent#<id>`/`agent`, `lease#<id>`/`lease` and `queue#<type>`/`<9-priority>#<createdAt>#<taskId>`. Index `list` has the agents
 * by creation, index `open` the unsettled leases by the time they run out.
 */
export function dynamoAgentState(at: AgentTable): AgentState {
  return { ...dynamoAgents(at), ...dynamoQueue(at), ...dynamoLeases(at) };
}
