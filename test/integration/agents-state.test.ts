import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { registration } from '../../functions/agents/adapters/agent-registration.ts';
import { dynamoAgentState } from '../../functions/agents/adapters/dynamo-agent-state.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { agentRegistrationContract } from '../support/agents/agent-registration-contract.ts';
import { agentStateContract, newAgent } from '../support/agents/agent-state-contract.ts';
import { leaveAgent } from '../support/agents/old-agents.ts';
import { loseTransactions } from '../support/breaker/lost-transactions.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';
import { seededRandom } from '../support/seeds.ts';

/** In tables of their own: the deployed one is swept each minute, and these leases are of no work. */
describe('the state of agents in DynamoDB', () => {
  const tables = { table: tableLike(output('AgentsTable')), eventLog: tableLike(output('EventLogTable')) };
  const openWith = async (client: DynamoDBDocumentClient) => {
    const at = { client, table: await tables.table, eventLog: await tables.eventLog };
    return { state: dynamoAgentState(at), log: dynamoEventLog(client, at.eventLog), leave: leaveAgent(at) };
  };
  agentStateContract(async () => (await openWith(dynamoClient())).state);
  agentRegistrationContract(() => openWith(dynamoClient()));

  it('registers each agent once where answers are lost and the SDK sends again', async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const losing = new DynamoDBClient({ maxAttempts: 10 });
    const lost = loseTransactions(losing, seededRandom(seed));
    const { state, log } = await openWith(DynamoDBDocumentClient.from(losing));
    const agents = Array.from({ length: 20 }, newAgent);
    const saves = agents.map((agent) => state.saveAgent(registration(agent, 'cmd_1', { correlationId: 'corr_1' })));
    expect(await Promise.all(saves), `seed ${seed}`).toEqual(agents.map(() => true));
    const streams = await Promise.all(agents.map(({ agentId }) => log.load(agentId)));
    expect(streams.map(({ version }) => version)).toEqual(agents.map(() => 1));
    expect(lost()).toBeGreaterThan(0);
  });
});
