import type { AnyEvent } from '../../contracts/event.ts';
import { placeOfEvent } from '../../contracts/event-names.ts';

/** One event on its way to the bus, and how it has fared. */
export interface Publication {
  event: AnyEvent;
  attempts: number;
  /** `waiting`: not accepted yet, and another try may be. `failed`: the bus will never take it. */
  status: 'waiting' | 'published' | 'failed';
  error?: string;
}

/** PutEvents takes ten entries a call; 256 KB together is safe on every bus (an entry's limit was that until 2026). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/**
 * The next events to send, in calls: of each aggregate only the first that still waits, so that no version goes out before the one
 * before it was accepted.
 */
export function nextCalls(publications: readonly Publication[]): Publication[][] {
  const first = new Map<string, Publication>();
  for (const publication of publications) {
    const { aggregateId } = placeOfEvent(publication.event.eventId);
    if (publication.status === 'waiting' && !first.has(aggregateId)) first.set(aggregateId, publication);
  }
  return inCalls([...first.values()]);
}

function inCalls(publications: readonly Publication[]): Publication[][] {
  const calls: Publication[][] = [];
  let bytes = 0;
  for (const publication of publications) {
    const size = sizeOf(publication.event);
    const call = calls.at(-1);
    if (call === undefined || call.length === MAX_ENTRIES || bytes + size > MAX_BYTES) {
      calls.push([publication]);
      bytes = size;
    } else {
      call.push(publication);
      bytes += size;
    }
  }
  return calls;
}

/** EventBridge user guide, "Calculating PutEvents entry size": the texts' UTF-8 bytes, and 14 for a timestamp. */
function sizeOf(event: AnyEvent): number {
  return new TextEncoder().encode(JSON.stringify(event)).byteLength + event.eventType.length + event.source.length + 14;
}

/** What the bus said of one entry: accepted, or an error code. */
export interface EntryOutcome {
  errorCode?: string;
  errorMessage?: string;
}

/** Entry errors that pass; every other one is about the entry itself. */
const PASSING = ['ThrottlingException', 'InternalFailure', 'InternalException', 'ServiceUnavailable'];

export function settle(publication: Publication, outcome: EntryOutcome): void {
  publication.attempts += 1;
  if (outcome.errorCode === undefined) {
    publication.status = 'published';
    return;
  }
  publication.error = `${outcome.errorCode}: ${outcome.errorMessage ?? ''}`;
  if (!PASSING.includes(outcome.errorCode)) publication.status = 'failed';
}
