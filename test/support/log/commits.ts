import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../../../functions/shared/platform/log/event-log.ts';

/** A commit behind so many events of its aggregate, with an event for each text. */
export function commitOf(aggregateId: string, version: number, ...texts: string[]): Commit {
  const events = texts.map((text): NewEvent => ({ type: 'Noted', data: { text } }));
  return commitBehind(
    { aggregateId, version, commits: [] },
    {
      commitId: `cmd_${aggregateId}_${version}`,
      committedAt: '2026-08-19T10:11:12.345Z',
      events,
      metadata: { correlationId: `corr_${aggregateId}`, traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    },
  );
}
