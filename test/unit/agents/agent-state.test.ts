import { describe } from 'vitest';
import { agentRegistrationContract } from '../../support/agents/agent-registration-contract.ts';
import { agentStateContract } from '../../support/agents/agent-state-contract.ts';
import { memoryAgentState } from '../../support/agents/memory-agent-state.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';

describe('the state of agents in memory', () => {
  const log = memoryEventLog();
  const state = memoryAgentState(log);
  agentStateContract(async () => memoryAgentState());
  agentRegistrationContract(async () => ({ state, log, leave: async (agent) => state.leave(agent) }));
});
