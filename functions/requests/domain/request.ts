import type { RequestStatus } from '../../contracts/requests.ts';
import type { ErrorDetails, HttpErrorCode } from '../../shared/kernel/errors.ts';

/** What ended a request that failed, as whoever waits for it is told. */
export interface RequestFailure {
  code: HttpErrorCode;
  message: string;
  details?: ErrorDetails;
}

/** A request as it stands. Times are ISO 8601, UTC; durations are in ms. Its payload and its result are kept beside it. */
export interface RequestRecord {
  requestId: string;
  /** Of its caller, whose secret signs the callbacks. */
  keyId: string;
  service: string;
  operation: string;
  /** Of each try. */
  timeout: number;
  /** Further tries after the first. */
  retries: number;
  callbackUrl?: string;
  mode: 'sync' | 'async';
  correlationId: string;
  status: RequestStatus;
  /** Tries that have begun. */
  attempts: number;
  /** While a try is at work: until when nobody else may begin one. */
  running?: string;
  /** While it waits for its next try: not before. */
  nextAt?: string;
  failure?: RequestFailure;
  /** Messages that the callback address was given. */
  changes: number;
  /** How often it was written: two writers meet on it. */
  revision: number;
  createdAt: string;
  updatedAt: string;
  /** Once it has ended: when nobody sees it any more. */
  goneAt?: string;
}

export type NewRequest = Pick<
  RequestRecord,
  | 'requestId'
  | 'keyId'
  | 'service'
  | 'operation'
  | 'timeout'
  | 'retries'
  | 'callbackUrl'
  | 'mode'
  | 'correlationId'
  | 'createdAt'
>;

/** What may be done with a request now; `taken`: somebody's try is at work. */
type RequestStep =
  | { kind: 'ended' }
  | { kind: 'taken' }
  | { kind: 'wait'; ms: number }
  | { kind: 'try' }
  /** Its last try was begun and never ended. */
  | { kind: 'cut-off' };

/** How long an ended request can still be seen (api.md, "Requests"). */
const SEEN_MS = 5 * 60_000;

/** What a try may take besides its timeout: so much later whoever made it is dead, whatever its clock says. */
const TRY_MARGIN_MS = 20_000;

/** Whatever should have gone on by itself is looked after so much later. */
const GRACE_MS = 60_000;

/** No wait between two tries is longer. */
export const LONGEST_DELAY_MS = 10_000;

/** @param tries so far, at least 1 */
export function retryDelay(tries: number): number {
  return Math.min(1000 * 2 ** tries, LONGEST_DELAY_MS);
}

export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

export function newRequest(given: NewRequest): RequestRecord {
  return { ...given, status: 'pending', attempts: 0, changes: 0, revision: 1, updatedAt: given.createdAt };
}

export function hasEnded({ status }: Pick<RequestRecord, 'status'>): boolean {
  return status === 'completed' || status === 'failed';
}

/** Whether readers still find it, whenever its row is removed. */
export function isSeen({ goneAt }: RequestRecord, now: number): boolean {
  return goneAt === undefined || Date.parse(goneAt) > now;
}

/** The end of the time in which it can be seen, for one that ends now. */
export function goneAfter(now: number): string {
  return timestamp(now + SEEN_MS);
}

/** Until when nobody may begin another try than the one that begins now. */
export function claimedUntil({ timeout }: RequestRecord, now: number): string {
  return timestamp(now + timeout + TRY_MARGIN_MS);
}

export function triesLeft({ attempts, retries }: RequestRecord): number {
  return retries + 1 - attempts;
}

export function nextStep(record: RequestRecord, now: number): RequestStep {
  if (hasEnded(record)) return { kind: 'ended' };
  const { running, nextAt } = record;
  if (running !== undefined && Date.parse(running) > now) return { kind: 'taken' };
  if (triesLeft(record) <= 0) return { kind: 'cut-off' };
  const ms = nextAt === undefined ? 0 : Date.parse(nextAt) - now;
  return ms > 0 ? { kind: 'wait', ms } : { kind: 'try' };
}

/** Whether nothing happens to it before that moment unless somebody dies: it has ended, or its next try is later. */
export function restsUntil(record: RequestRecord, until: number): boolean {
  return hasEnded(record) || (record.nextAt !== undefined && Date.parse(record.nextAt) >= until);
}

/** When somebody looks after it, should it stand as it is until then; `undefined` for one that has ended. */
export function dueAt(record: RequestRecord): string | undefined {
  if (hasEnded(record)) return undefined;
  return record.running ?? timestamp(Date.parse(record.nextAt ?? record.createdAt) + GRACE_MS);
}

/** When its last try would have run out, were each of them to take all of its time. */
export function estimatedCompletion({ createdAt, timeout, retries }: RequestRecord): string {
  const delays = Array.from({ length: retries }, (_, index) => retryDelay(index + 1));
  return timestamp(delays.reduce((sum, delay) => sum + delay, Date.parse(createdAt) + timeout * (retries + 1)));
}
