/** The seed publishes domain events under this prefix and source. */
export const DOMAIN_PREFIX = 'domain.';
export const DOMAIN_SOURCE = 'domain';

/** Names the aggregate and the version, so an event is found by its id alone. No `.` in it: webhook ids must not have one. */
export function eventIdOf(aggregateId: string, version: number): string {
  return `${aggregateId}-${version}`;
}

/** Where an event stands, by its id; version 0 for what is no such id. */
export function placeOfEvent(eventId: string): { aggregateId: string; version: number } {
  const at = eventId.lastIndexOf('-');
  const version = eventId.slice(at + 1);
  return {
    aggregateId: eventId.slice(0, Math.max(at, 0)),
    version: at > 0 && /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0,
  };
}
