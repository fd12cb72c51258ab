import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RequestRecord } from '../domain/request.ts';
import { dueAt } from '../domain/request.ts';

export interface RequestTable {
  client: DynamoDBDocumentClient;
  /** By `requestId` and `part`. */
  table: string;
}

/** The rows of a request. Only the first one is in indexes. */
export const PARTS = { request: 'request', payload: 'payload', result: 'result' } as const;

/** The partition of the index of all. */
export const LIST = 'requests';

/** The partition of the index of those that somebody looks after. */
export const DUE = 'due';

/**
 * An ended request stays for a day after readers have lost it: for so long its `Idempotency-Key` can lead to it again, and must not lead
 * to another.
 */
const KEPT_SECONDS = 24 * 3600;

export function keyOf(requestId: string, part: keyof typeof PARTS): { requestId: string; part: string } {
  return { requestId, part: PARTS[part] };
}

export function sortOf({ createdAt, requestId }: Pick<RequestRecord, 'createdAt' | 'requestId'>): string {
  return `${createdAt}#${requestId}`;
}

export function itemOf(request: RequestRecord): Record<string, unknown> {
  const due = dueAt(request);
  return {
    ...request,
    part: PARTS.request,
    list: LIST,
    sort: sortOf(request),
    byStatus: request.status,
    ...(due !== undefined && { due: DUE, dueAt: due }),
    ...expiry(request),
  };
}

/** The table's own expiry, in seconds since 1970; none while it has not ended. */
export function expiry({ goneAt }: RequestRecord): { expiresAt?: number } {
  return goneAt === undefined ? {} : { expiresAt: Math.ceil(Date.parse(goneAt) / 1000) + KEPT_SECONDS };
}

export function recordOf({
  part: _,
  list: __,
  sort: ___,
  byStatus: ____,
  due: _____,
  dueAt: ______,
  expiresAt: _______,
  ...record
}: Record<string, unknown>): RequestRecord {
  return record as unknown as RequestRecord;
}
