import type { StoredEvent } from '../../../contracts/event.ts';
import { DOMAIN_PREFIX, DOMAIN_SOURCE } from '../../../contracts/event-names.ts';
import type { EventContract, NewEvent, Recorded } from '../../kernel/decider.ts';
import type { Commit, Stream } from './event-log.ts';
import { eventId } from './event-log.ts';

/** A commit's events in the form that the API shows and the bus carries (seed: EventPublisher.enrichEvent). */
export function storedEvents(commit: Commit): StoredEvent[] {
  return commit.events.map((event, index) => storedEvent(commit, event, commit.version + index));
}

function storedEvent(commit: Commit, event: NewEvent, version: number): StoredEvent {
  const id = eventId(commit.aggregateId, version);
  return {
    eventId: id,
    eventType: `${DOMAIN_PREFIX}${event.type}`,
    source: DOMAIN_SOURCE,
    data: {
      aggregateId: commit.aggregateId,
      eventType: event.type,
      eventData: { ...event.data },
      version,
      timestamp: commit.committedAt,
      eventId: id,
    },
    metadata: {
      timestamp: commit.committedAt,
      ...commit.metadata,
      version: String(version),
      eventId: id,
      schemaVersion: '1.0',
    },
    position: `${commit.position}_${String(version - commit.version).padStart(3, '0')}`,
  };
}

/** A stored event in the form that folds take, checked against its contract: an unknown type is an error here, never skipped. */
export function recorded<E extends NewEvent>(contract: EventContract<E>, event: StoredEvent): Recorded<E> {
  const { aggregateId, eventType, eventData, version, timestamp, eventId: id } = event.data;
  const known = contract.read({ type: eventType, data: eventData });
  return {
    ...known,
    eventId: id,
    aggregateId,
    version,
    timestamp,
    correlationId: event.metadata.correlationId,
  } as unknown as Recorded<E>;
}

/** An aggregate's whole history, oldest first, in the form that folds take. */
export function history<E extends NewEvent>(
  contract: EventContract<E>,
  stream: Pick<Stream, 'commits'>,
): Recorded<E>[] {
  return stream.commits.flatMap(storedEvents).map((event) => recorded(contract, event));
}
