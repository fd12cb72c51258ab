import type { StoredEvent } from '../../../contracts/event.ts';
import type { NewEvent, Recorded } from '../../kernel/decider.ts';
import type { Projection } from '../../kernel/projection.ts';
import type { EventLog } from '../log/event-log.ts';
import { recorded, storedEvents } from '../log/stored-event.ts';
import type { ReadModelStore, Versioned } from './read-models.ts';

/** Another delivery of the same aggregate may move the row while this one works; then it is read again. */
const MAX_RACES = 5;

/**
 * Applies one delivered event to its row. Deliveries come twice, late and in any order; the row's version says what they mean:
 * at or below it a duplicate, one above it the next, further on a gap, whose events are read from the log. So a row ends as if
 * every event had come once and in order.
 */
export function projector<E extends NewEvent, Row>(
  projection: Projection<E, Row>,
  rows: ReadModelStore<Row>,
  log: EventLog,
) {
  return async (event: StoredEvent): Promise<void> => {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const seen = await rows.get(event.data.aggregateId);
      if (event.data.version <= versionOf(seen)) return;
      const missing = await unseen(event, versionOf(seen), log);
      const events = missing.map((one) => recorded(projection.events, one));
      const next = advanced(projection, seen, events);
      if (await rows.put(next, versionOf(seen))) return;
    }
    throw new Error(`The row of ${event.data.aggregateId} kept changing while ${event.eventType} was applied.`);
  };
}

function versionOf(seen: Versioned<unknown> | undefined): number {
  return seen?.version ?? 0;
}

function advanced<E extends NewEvent, Row>(
  { project }: Projection<E, Row>,
  seen: Versioned<Row> | undefined,
  events: readonly Recorded<E>[],
): Versioned<Row> {
  const last = events.at(-1);
  const row = events.reduce<Row | undefined>(project, seen?.row);
  if (last === undefined || row === undefined) throw new Error('The delivered event is not in the log.');
  return { row, version: last.version };
}

/** The events between the row and the delivered one, that one included. The log is read only where some are missing. */
async function unseen(event: StoredEvent, version: number, log: EventLog): Promise<StoredEvent[]> {
  if (event.data.version === version + 1) return [event];
  const { commits } = await log.load(event.data.aggregateId);
  return commits.flatMap(storedEvents).filter((one) => one.data.version > version);
}
