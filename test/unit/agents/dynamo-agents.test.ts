import { describe, expect, it } from 'vitest';
import { registration } from '../../../functions/agents/adapters/agent-registration.ts';
import { dynamoAgentState } from '../../../functions/agents/adapters/dynamo-agent-state.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import { agentRegistrationContract } from '../../support/agents/agent-registration-contract.ts';
import { newAgent } from '../../support/agents/agent-state-contract.ts';
import { leaveAgent } from '../../support/agents/old-agents.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

const logs = captureLogLines();

/** What the real tables are asked, as far as a small copy of DynamoDB understands it; the deployed ones have the last word. */
describe('registrations in tables', () => {
  memoryDocuments({ Agents: ['pk', 'sk'], Log: ['aggregateId', 'version'] });
  const client = dynamoClient();
  const at = { client, table: 'Agents', eventLog: 'Log' };
  const [state, log] = [dynamoAgentState(at), dynamoEventLog(client, 'Log')];
  agentRegistrationContract(async () => ({ state, log, leave: leaveAgent(at) }));

  it('write the line of their commit, once', async () => {
    const agent = newAgent();
    const save = () => state.saveAgent(registration(agent, 'cmd_1', { correlationId: 'corr_1' }));
    await save();
    await save();
    const { agentId: aggregateId } = agent;
    const line = { message: 'Committed', aggregateId, commitId: 'cmd_1', events: ['AgentRegistered'] };
    expect(logs.lines()).toMatchObject([{ ...line, correlationId: 'corr_1' }]);
  });
});
