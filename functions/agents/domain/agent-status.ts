import { BUILT_IN_KEY } from '../../contracts/agents.ts';

/** How long an agent that has nothing in hand counts as there after it asked for work. */
const ONLINE_MS = 90_000;

/** One that holds a lease keeps it by heartbeats, or loses it. Agents of ours run whenever there is work for them. */
export function agentStatus(
  agent: { keyId: string; lastSeenAt: string; activeTasks: number },
  now: string,
): 'online' | 'offline' {
  const isHeard = Date.parse(now) - Date.parse(agent.lastSeenAt) <= ONLINE_MS;
  return isHeard || agent.activeTasks > 0 || agent.keyId === BUILT_IN_KEY ? 'online' : 'offline';
}
