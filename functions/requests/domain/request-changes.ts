import type { Failure } from '../../contracts/task-fields.ts';
import type { RequestFailure, RequestRecord } from './request.ts';
import { claimedUntil, goneAfter, retryDelay, timestamp, triesLeft } from './request.ts';

/** A change of a request, good only while it stands as it did before. */
export interface RequestChange {
  before: RequestRecord;
  next: RequestRecord;
  /** What the callback address, where there is one, hears of it. */
  message?: RequestMessage;
  /** What the service answered: anything that JSON can say, so it stands in an object of its own. */
  result?: { value: unknown };
}

/** The body of a callback (api.md, "Requests"). */
export interface RequestMessage {
  requestId: string;
  status: 'processing' | 'completed' | 'failed';
  /** ISO 8601, UTC. */
  timestamp: string;
  result?: unknown;
  error?: Failure;
}

/** A try begins. It is counted before it is made: one whose maker dies is not made again for nothing. */
export function begun(before: RequestRecord, now: number): RequestChange {
  const { nextAt: _, ...rest } = before;
  const claim = { attempts: before.attempts + 1, running: claimedUntil(before, now) };
  if (before.status !== 'pending') return { before, next: { ...rest, ...claim, ...written(before, now) } };
  return told({ before, next: { ...rest, ...claim, status: 'processing', ...written(before, now) } }, now);
}

export function completed(before: RequestRecord, value: unknown, now: number): RequestChange {
  const next: RequestRecord = { ...ended(before, now), status: 'completed' };
  return told({ before, next, result: { value } }, now);
}

export function failed(before: RequestRecord, failure: RequestFailure, now: number): RequestChange {
  return told({ before, next: { ...ended(before, now), status: 'failed', failure } }, now);
}

/** A try failed that may be made again, as long as there are tries left. */
export function triedInVain(before: RequestRecord, failure: RequestFailure, now: number): RequestChange {
  if (triesLeft(before) <= 0) return failed(before, failure, now);
  const { running: _, ...rest } = before;
  const nextAt = timestamp(now + retryDelay(before.attempts));
  return { before, next: { ...rest, nextAt, ...written(before, now) } };
}

/** The end of a request whose last try was begun by somebody who died of it. Whether the service did its work, nobody knows. */
export function cutOff(before: RequestRecord, now: number): RequestChange {
  return failed(before, { code: 'INTERNAL_ERROR', message: 'The last try was cut off.' }, now);
}

function ended(before: RequestRecord, now: number): Omit<RequestRecord, 'status'> {
  const { running: _, nextAt: __, ...rest } = before;
  return { ...rest, goneAt: goneAfter(now), ...written(before, now) };
}

function written({ revision }: RequestRecord, now: number): Pick<RequestRecord, 'revision' | 'updatedAt'> {
  return { revision: revision + 1, updatedAt: timestamp(now) };
}

/** Every change of status is a message, whose place in its stream is the number of changes by then. */
function told({ before, next, ...change }: Omit<RequestChange, 'message'>, now: number): RequestChange {
  const message: RequestMessage = {
    requestId: next.requestId,
    status: next.status as RequestMessage['status'],
    timestamp: timestamp(now),
    ...(change.result && { result: change.result.value }),
    ...(next.failure && { error: { code: next.failure.code, message: next.failure.message } }),
  };
  return { ...change, before, next: { ...next, changes: before.changes + 1 }, message };
}
