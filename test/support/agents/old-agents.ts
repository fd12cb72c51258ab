import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { AgentRecord } from '../../../functions/agents/adapters/agent-state.ts';
import type { AgentTable } from '../../../functions/agents/adapters/agent-table.ts';
import { agentKey } from '../../../functions/agents/adapters/agent-table.ts';

/** Leaves rows as earlier releases did, which told the log of no agents. */
export function leaveAgent({ client, table }: AgentTable) {
  return async (agent: Omit<AgentRecord, 'version'>): Promise<void> => {
    const { agentId, createdAt } = agent;
    const listed = { list: 'agents', sort: `${createdAt}#${agentId}` };
    await client.send(new PutCommand({ TableName: table, Item: { ...agentKey(agentId), ...agent, ...listed } }));
  };
}
