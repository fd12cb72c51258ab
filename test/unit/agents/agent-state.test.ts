import { describe } from 'vitest';
import { agentStateContract } from '../../support/agents/agent-state-contract.ts';
import { memoryAgentState } from '../../support/agents/memory-agent-state.ts';

describe('the state of agents in memory', () => {
  agentStateContract(async () => memoryAgentState());
});
