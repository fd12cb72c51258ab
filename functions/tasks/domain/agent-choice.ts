import { BUILT_IN_AGENTS } from '../../contracts/agents.ts';

/** The built-in agent that takes tasks of this type, if any does. */
export function agentFor(taskType: string): string | undefined {
  const entries: [string, readonly string[]][] = Object.entries(BUILT_IN_AGENTS);
  return entries.find(([, types]) => types.includes(taskType))?.[0];
}
