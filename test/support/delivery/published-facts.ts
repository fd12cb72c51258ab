import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import type { Publishing } from './publishing.ts';

/** By aggregate: its versions in the order in which they were stored. */
export function versionsStored(commits: readonly Commit[]): Map<string, number[]> {
  return versionsOf(commits.flatMap(storedEvents));
}

/** By aggregate: its versions in the order in which the bus took each of them for the first time. */
export function versionsTaken({ bus }: Publishing): Map<string, number[]> {
  const firsts = new Map(bus.accepted.map(eventOf).map((event) => [event.eventId, event]));
  return versionsOf([...firsts.values()]);
}

/** What the bus took that differs from what is stored in more than the time of its publication. */
export function inventedEvents({ bus, commits }: Publishing): string[] {
  const stored = new Set(commits.flatMap(storedEvents).map((event) => JSON.stringify(event)));
  return bus.accepted
    .map(eventOf)
    .map(unstamped)
    .filter((text) => !stored.has(text));
}

/** Commits that are not marked as published, or were marked before the bus had taken all of their events. */
export function wronglyMarked({ commits, marks, bus }: Publishing): Commit[] {
  const places = new Map(bus.accepted.map((taken, place) => [eventOf(taken).eventId, place] as const).reverse());
  return commits.filter((commit) => {
    const { statuses, taken } = marks.get(commit.position) ?? { statuses: [], taken: 0 };
    const last = Math.max(
      ...storedEvents(commit).map(({ eventId }) => places.get(eventId) ?? Number.POSITIVE_INFINITY),
    );
    return statuses.length === 0 || statuses.some((status) => status !== 'published') || last >= taken;
  });
}

function versionsOf(events: readonly StoredEvent[]): Map<string, number[]> {
  const versions = new Map<string, number[]>();
  for (const { data } of events) {
    versions.set(data.aggregateId, [...(versions.get(data.aggregateId) ?? []), data.version]);
  }
  return versions;
}

function eventOf({ detail }: { detail: string }): StoredEvent {
  return JSON.parse(detail) as StoredEvent;
}

function unstamped({ metadata, ...event }: StoredEvent): string {
  const { publishedAt: _, ...rest } = metadata;
  const { position, ...front } = event;
  return JSON.stringify({ ...front, metadata: rest, position });
}
