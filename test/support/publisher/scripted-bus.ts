import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { EventBus } from '../../../functions/events/adapters/event-bus.ts';
import type { EntryOutcome } from '../../../functions/events/domain/publication.ts';

/** What the bus says of an event at its first, second, … try; the last outcome holds on. */
export type Script = (eventId: string) => EntryOutcome[];

export const THROTTLED: EntryOutcome = { errorCode: 'ThrottlingException', errorMessage: 'Rate exceeded' };
export const REFUSED: EntryOutcome = { errorCode: 'MalformedDetail', errorMessage: 'Detail is malformed' };

/** A bus that follows a script, and remembers what it was sent. */
export function scriptedBus(script: Script) {
  const calls: string[][] = [];
  const accepted: StoredEvent[] = [];
  const tries = new Map<string, number>();
  const outcomeOf = (event: StoredEvent): EntryOutcome => {
    const before = tries.get(event.eventId) ?? 0;
    tries.set(event.eventId, before + 1);
    const outcomes = script(event.eventId);
    const outcome = outcomes[before] ?? outcomes.at(-1) ?? {};
    if (outcome.errorCode === undefined) accepted.push(event);
    return outcome;
  };
  const bus: EventBus = async (events) => {
    calls.push(events.map((event) => event.eventId));
    return (events as readonly StoredEvent[]).map(outcomeOf);
  };
  return { bus, calls, accepted, tries: (eventId: string) => tries.get(eventId) ?? 0 };
}
