import type { AnyEvent } from '../../contracts/event.ts';
import type { ProjectionSource } from '../../contracts/projections.ts';

/** Whether a projection has rows of this aggregate. */
export function hasRowOf({ aggregates }: ProjectionSource, aggregateId: string): boolean {
  return aggregates.some((beginning) => aggregateId.startsWith(beginning));
}

/** Whether the bus brings this event to a projection. */
export function isFollowed({ eventTypes }: ProjectionSource, { eventType }: Pick<AnyEvent, 'eventType'>): boolean {
  return eventTypes.some((one) => (one.endsWith('*') ? eventType.startsWith(one.slice(0, -1)) : eventType === one));
}
