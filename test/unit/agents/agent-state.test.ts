import { describe } from 'vitest';
import { agentStateContract } from '../../support/agent-state-contract.ts';
import { memoryAgentState } from '../../support/memory-agent-state.ts';

describe('the state of agents in memory', () => {
  agentStateContract(async () => memoryAgentState());
});
