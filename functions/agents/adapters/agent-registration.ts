import type { AgentRegistered } from '../../contracts/events/agent-events.v1.ts';
import { currentTraceId } from '../../shared/platform/ids.ts';
import type { CommitMetadata, Stream } from '../../shared/platform/log/event-log.ts';
import { commitBehind } from '../../shared/platform/log/event-log.ts';
import type { AgentRegistration, NewAgent } from './agent-state.ts';

/** What a registration comes from. */
export type RegistrationCause = Pick<CommitMetadata, 'correlationId' | 'causationId'>;

/** What is known of the agent before: its row, and its history. */
interface Before {
  seen: number;
  stream: Stream;
}

/**
 * What an agent says of itself, for its row and for the log.
 *
 * @param before where it may be there already
 */
export function registration(
  agent: NewAgent,
  commitId: string,
  cause: RegistrationCause,
  before: Before = { seen: 0, stream: { aggregateId: agent.agentId, version: 0, commits: [] } },
): AgentRegistration {
  const { name, capabilities, maxConcurrency, keyId: userId, lastSeenAt: committedAt } = agent;
  const event: AgentRegistered = { type: 'AgentRegistered', data: { name, capabilities, maxConcurrency } };
  const metadata = { ...cause, userId, traceId: currentTraceId() };
  const commit = commitBehind(before.stream, { commitId, committedAt, events: [event], metadata });
  return { agent, seen: before.seen, commit };
}
