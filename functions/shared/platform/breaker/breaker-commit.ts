import type { BreakerEvent } from '../../../contracts/events/breaker-events.v1.ts';
import { currentTraceId } from '../ids.ts';
import type { Commit } from '../log/event-log.ts';
import { commitBehind } from '../log/event-log.ts';
import type { BreakerRecord } from './breaker-record.ts';
import { timestamp } from './breaker-record.ts';

/** Its history in the event log. */
export const breakerIdOf = (service: string): string => `breaker_${service}`;

/** The last turn of a breaker as it goes to the event log: its place there is the breaker's own version. */
export function breakerCommit(
  service: string,
  record: BreakerRecord,
  { commitId, correlationId }: { commitId: string; correlationId: string },
): Commit {
  const [last] = record.transitions;
  if (last === undefined) throw new Error('A breaker that never turned has nothing to tell.');
  return commitBehind(
    { aggregateId: breakerIdOf(service), version: record.version - 1, commits: [] },
    {
      commitId,
      committedAt: timestamp(last.at),
      events: [eventOf(service, record)],
      metadata: { correlationId, traceId: currentTraceId() },
    },
  );
}

function eventOf(service: string, { state, retryAt, transitions }: BreakerRecord): BreakerEvent {
  const { from = 'closed', reason = '' } = transitions[0] ?? {};
  const data = { service, from, reason };
  if (state === 'closed') return { type: 'BreakerClosed', data };
  if (state === 'half-open') return { type: 'BreakerHalfOpened', data };
  return { type: 'BreakerOpened', data: retryAt === undefined ? data : { ...data, retryAt: timestamp(retryAt) } };
}
