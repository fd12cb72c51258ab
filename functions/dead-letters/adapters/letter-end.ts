import { randomUUID } from 'node:crypto';
import { pileOf } from '../../contracts/dead-letters.ts';
import type { DeadLetterDeleted, DeadLetterRedriven } from '../../contracts/events/dead-letter-events.v1.ts';
import type { ErrorCode } from '../../shared/kernel/errors.ts';
import { currentTraceId } from '../../shared/platform/ids.ts';
import { commitBehind } from '../../shared/platform/log/event-log.ts';
import type { FoundLetter, LetterEnd } from './letter-store.ts';

/** Who deals with letters, and by which request. */
export interface Operator {
  keyId: string;
  requestId: string;
  correlationId: string;
}

/** How a letter ends, in its row and in the log, where it is an aggregate of one event. */
export function letterEnd(
  before: FoundLetter,
  event: DeadLetterRedriven | DeadLetterDeleted,
  by: Pick<Operator, 'keyId' | 'correlationId'>,
  now: string,
): LetterEnd {
  const { row } = before;
  const status = event.type === 'DeadLetterRedriven' ? 'redriven' : 'deleted';
  const commit = commitBehind(
    { aggregateId: row.deadLetterId, version: 0, commits: [] },
    {
      commitId: randomUUID(),
      committedAt: now,
      events: [event],
      metadata: { correlationId: by.correlationId, userId: by.keyId, traceId: currentTraceId() },
    },
  );
  const after = { ...row, status, pile: pileOf({ ...row, status }), closedAt: now, closedBy: by.keyId } as const;
  return { before, after, commit };
}

/** Why a letter is not to be touched now; `undefined` where it is open and nobody sends it. */
export function whyNot(letter: FoundLetter, now: string): { code: ErrorCode; reason: string } | undefined {
  const { status, closedAt } = letter.row;
  if (status !== 'open')
    return { code: 'CONFLICT', reason: `The letter was ${status} at ${closedAt ?? 'a time that nobody noted'}.` };
  const isSent = letter.claimedUntil !== undefined && letter.claimedUntil > now;
  return isSent ? { code: 'CONFLICT', reason: 'The letter is being sent.' } : undefined;
}
