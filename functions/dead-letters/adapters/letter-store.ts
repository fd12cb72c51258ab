import type { DeadLetterRow } from '../../contracts/dead-letters.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import type { ReadModelStore, Versioned } from '../../shared/platform/read-models/read-models.ts';
import type { IndexedLetter } from '../domain/letter-groups.ts';

export interface FoundLetter extends Versioned<DeadLetterRow> {
  /** ISO 8601, UTC: until then somebody sends it. */
  claimedUntil?: string;
}

/** Held by one who sends a letter. */
export interface LetterClaim {
  deadLetterId: string;
  /** Tells who holds it. */
  holder: string;
}

/** A letter's end, and what the log says of it. */
export interface LetterEnd {
  before: FoundLetter;
  after: DeadLetterRow;
  commit: Commit;
  /** Only if nobody sends it at that moment. */
  unclaimedAt?: string;
}

export type IndexedState = IndexedLetter & { deadLetterId: string; isOpen: boolean };

/** The letters that the recorder has kept. Its rules are held by one contract suite. */
export interface LetterStore {
  list: ReadModelStore<DeadLetterRow>['query'];
  /** Those of at most 100 that there are, by their ids. Consistent. */
  find(deadLetterIds: readonly string[]): Promise<ReadonlyMap<string, FoundLetter>>;
  /** The letters that an index finds, page by page. The index may lag; what is told of a letter does not. */
  walk(where: LetterFilter, order: 'newest first' | 'oldest first'): AsyncIterable<IndexedState[]>;
  /** Takes an open letter for a minute; `undefined` where somebody else has it, or it is open no more. */
  claim(claim: LetterClaim, now: string): Promise<FoundLetter | undefined>;
  /** Gives a claim back. One that ran out is somebody else's by now, perhaps, and is left alone. */
  release(claim: LetterClaim): Promise<void>;
  /** Ends a letter, once: `false` where it has ended already, and nothing was written. */
  close(end: LetterEnd): Promise<boolean>;
}

export type LetterFilter = { status: 'open' } | { fingerprint: string };

/** Longer than any call that sends one lives. */
const CLAIM_MS = 60_000;

export function claimUntil(now: string): string {
  return new Date(Date.parse(now) + CLAIM_MS).toISOString();
}
