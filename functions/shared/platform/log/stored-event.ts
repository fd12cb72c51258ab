import type { AnyEvent, StoredEvent } from '../../../contracts/event.ts';
import { DOMAIN_PREFIX, DOMAIN_SOURCE, eventIdOf } from '../../../contracts/event-names.ts';
import type { EventContract, NewEvent, Recorded } from '../../kernel/decider.ts';
import type { Commit, Stream } from './event-log.ts';

/** A commit's events in the form that the API shows and the bus carries (seed: EventPublisher.enrichEvent). */
export function eventsOf(commit: Commit): AnyEvent[] {
  return commit.source === undefined ? storedEvents(commit) : enriched(commit, published);
}

/** The events of one of our aggregates. */
export function storedEvents(commit: Commit): StoredEvent[] {
  return enriched(commit, domainEvent);
}

/** What an event tells, as far as it depends on whose it is. */
type Told = Pick<AnyEvent, 'eventType' | 'source' | 'data'>;

function enriched<T extends Told>(commit: Commit, tell: (commit: Commit, event: NewEvent, version: number) => T) {
  return commit.events.map((event, index) => {
    const version = commit.version + index;
    return { ...tell(commit, event, version), ...enrichment(commit, version) };
  });
}

function published({ source = '' }: Commit, { type, data }: NewEvent): Told {
  return { eventType: type, source, data: { ...data } };
}

/** Seed: EventPublisher.publishDomainEvent. */
function domainEvent(commit: Commit, event: NewEvent, version: number) {
  const { aggregateId, committedAt: timestamp } = commit;
  const data = { aggregateId, eventType: event.type, eventData: { ...event.data }, version, timestamp };
  return {
    eventType: `${DOMAIN_PREFIX}${event.type}`,
    source: DOMAIN_SOURCE,
    data: { ...data, eventId: eventIdOf(aggregateId, version) },
  };
}

function enrichment(commit: Commit, version: number): Pick<AnyEvent, 'eventId' | 'metadata' | 'position'> {
  const id = eventIdOf(commit.aggregateId, version);
  return {
    eventId: id,
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
