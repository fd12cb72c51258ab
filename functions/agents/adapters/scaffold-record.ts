import { BUILT_IN_AGENTS, BUILT_IN_KEY, SCAFFOLD } from '../../contracts/agents.ts';
import type { AgentState } from './agent-state.ts';

/** Registers the scaffold agent where it is not, or not as this version has it. Lambda decides how much it does at a time. */
export async function registerScaffold(state: Pick<AgentState, 'findAgent' | 'saveAgent'>, now: string): Promise<void> {
  const capabilities = BUILT_IN_AGENTS[SCAFFOLD];
  const stored = await state.findAgent(SCAFFOLD);
  if (stored?.capabilities.join() === capabilities.join()) return;
  await state.saveAgent({
    agentId: SCAFFOLD,
    name: SCAFFOLD,
    capabilities,
    maxConcurrency: 1_000_000,
    keyId: BUILT_IN_KEY,
    lastSeenAt: now,
    createdAt: now,
  });
}
