import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** One table for agents, queues and leases, so that a lease and its agent's count are one transaction. */
export interface AgentTable {
  client: DynamoDBDocumentClient;
  table: string;
  /** Where an agent's registration stands beside its row. */
  eventLog: string;
}

export const agentKey = (agentId: string) => ({ pk: `agent#${agentId}`, sk: 'agent' });
export const leaseKey = (leaseId: string) => ({ pk: `lease#${leaseId}`, sk: 'lease' });
