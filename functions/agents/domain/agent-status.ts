import { BUILT_IN_KEY } from '../../contracts/agents.ts';

/** An agent that keeps its leases is heard of more often. */
const ONLINE_MS = 90_000;

/** Agents of ours run whenever there is work for them. */
export function agentStatus(agent: { keyId: string; lastSeenAt: string }, now: string): 'online' | 'offline' {
  const isHeard = Date.parse(now) - Date.parse(agent.lastSeenAt) <= ONLINE_MS;
  return isHeard || agent.keyId === BUILT_IN_KEY ? 'online' : 'offline';
}
