import type { Page } from '../../contracts/api/list.ts';
import type { RequestStatus } from '../../contracts/requests.ts';
import type { RequestRecord } from '../domain/request.ts';
import type { RequestChange } from '../domain/request-changes.ts';

export interface RequestPage {
  limit: number;
  cursor?: string | undefined;
  status?: RequestStatus | undefined;
  /** In ms: what is gone by then is not listed. */
  now: number;
}

/** Requests, what they ask and what came of them. What is given back holds all that was acknowledged before. */
export interface RequestStore {
  /**
   * Keeps a new request and its payload, and opens the stream of its callbacks where it has an address. `false`: there is one of this
   * id already, and nothing was written.
   */
  create(request: RequestRecord, payload: unknown): Promise<boolean>;
  find(requestId: string): Promise<RequestRecord | undefined>;
  /** `undefined` where there is none (any more): it goes with the end of its request. In an object, as it may be null. */
  payload(requestId: string): Promise<{ value: unknown } | undefined>;
  /** Of a completed request. */
  result(requestId: string): Promise<unknown>;
  /** With its message to the callback address, where it has one of each. `false`: it is not as it was, and nothing was written. */
  save(change: RequestChange): Promise<boolean>;
}

/** They may lag what was acknowledged by a moment. */
export interface RequestLists {
  /**
   * Newest first.
   *
   * @throws VALIDATION_ERROR for a cursor that this list has not given
   */
  list(page: RequestPage): Promise<Page<RequestRecord>>;
}

/** The ids of requests that somebody has to look after by then, batch by batch. Times are ISO 8601, UTC. */
export type DueRequests = (now: string) => AsyncIterable<string[]>;
