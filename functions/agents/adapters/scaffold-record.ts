import { BUILT_IN_AGENTS, BUILT_IN_KEY, SCAFFOLD } from '../../contracts/agents.ts';
import { newId } from '../../shared/platform/ids.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import type { RegistrationCause } from './agent-registration.ts';
import { registration } from './agent-registration.ts';
import type { AgentState } from './agent-state.ts';

export interface ScaffoldRecordPorts {
  log: Pick<EventLog, 'load'>;
  state: Pick<AgentState, 'findAgent' | 'saveAgent'>;
}

/**
 * Registers the scaffold agent where it is not, or not as this version has it, or where the log was never told of it. Whoever is too late
 * has been spared the work. Lambda decides how much it does at a time.
 */
export async function registerScaffold(
  { log, state }: ScaffoldRecordPorts,
  now: string,
  cause: RegistrationCause = { correlationId: newId('corr') },
): Promise<void> {
  const capabilities = BUILT_IN_AGENTS[SCAFFOLD];
  const stored = await state.findAgent(SCAFFOLD);
  const seen = stored?.version ?? 0;
  if (seen > 0 && stored?.capabilities.join() === capabilities.join()) return;
  const built = { agentId: SCAFFOLD, name: SCAFFOLD, capabilities, maxConcurrency: 1_000_000, keyId: BUILT_IN_KEY };
  const agent = { ...built, lastSeenAt: now, createdAt: now };
  const stream = await log.load(SCAFFOLD);
  const commitId = `${SCAFFOLD}:${stream.version + 1}`;
  await state.saveAgent(registration(agent, commitId, cause, { seen, stream }));
}
