import { placeOfEvent } from '../../contracts/event-names.ts';
import { fieldsIn } from '../../contracts/messages.ts';

/** Where something stands in an order: events in their aggregate's history, callbacks among those about one thing. */
export interface Place {
  of: string;
  at: number;
}

/** The place of the event that a message carries: in an envelope, matched to a subscription, or alone. */
export function eventPlace(fields: Readonly<Record<string, unknown>>): Place | undefined {
  const detail = fieldsIn(fields.detail);
  return placeIn('detail' in fields ? fieldsIn(detail.event ?? detail).eventId : fields.eventId);
}

/** Ids of events and of callbacks name what they are of, and their number there. */
export function placeIn(id: unknown): Place | undefined {
  const { aggregateId: of, version: at } = placeOfEvent(typeof id === 'string' ? id : '');
  return at === 0 ? undefined : { of, at };
}
