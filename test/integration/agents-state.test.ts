import { describe } from 'vitest';
import { dynamoAgentState } from '../../functions/agents/adapters/dynamo-agent-state.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { agentStateContract } from '../support/agents/agent-state-contract.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';

/** In a table of its own: the deployed one is swept each minute, and these leases are of no work. */
describe('the state of agents in DynamoDB', () => {
  const table = tableLike(output('AgentsTable'));
  const client = dynamoClient();
  agentStateContract(async () => dynamoAgentState(client, await table));
});
