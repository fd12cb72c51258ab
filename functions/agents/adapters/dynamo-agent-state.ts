import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AgentState } from './agent-state.ts';
import { dynamoAgents } from './dynamo-agents.ts';
import { dynamoLeases } from './dynamo-leases.ts';
import { dynamoQueue } from './dynamo-queue.ts';

/**
 * Rows: `agent#<id>`/`agent`, `lease#<id>`/`lease` and `queue#<type>`/`<9-priority>#<createdAt>#<taskId>`. Index `list` has the agents
 * by creation, index `open` the unsettled leases by the time they run out.
 */
export function dynamoAgentState(client: DynamoDBDocumentClient, table: string): AgentState {
  const at = { client, table };
  return { ...dynamoAgents(at), ...dynamoQueue(at), ...dynamoLeases(at) };
}
