import type { StoredEvent } from '../../../contracts/event.ts';
import type { NewEvent } from '../../kernel/decider.ts';
import { messageOf } from '../../kernel/errors.ts';
import type { Projection } from '../../kernel/projection.ts';
import { countChanges } from '../../kernel/projection.ts';
import type { EventLog } from '../log/event-log.ts';
import { recorded, storedEvents } from '../log/stored-event.ts';
import type { ReadModelStore, Versioned } from './read-models.ts';

/** Another delivery of the same aggregate may move the row while this one works; then it is read again. */
const MAX_RACES = 5;

/** Brings the rows of one read model forward. */
export interface Projector {
  /**
   * Applies one delivered event to its row. Deliveries come twice, late and in any order; the row's version says what they mean:
   * at or below it a duplicate, one above it the next, further on a gap, whose events are read from the log. So a row ends as if
   * every event had come once and in order.
   */
  apply(event: StoredEvent): Promise<void>;
  /** Brings an aggregate's row up to the log, or no further than that version. Answers its version then. */
  catchUp(aggregateId: string, to?: number): Promise<number>;
}

export function projector<E extends NewEvent, Row>(
  projection: Projection<E, Row>,
  rows: ReadModelStore<Row>,
  log: EventLog,
): Projector {
  const bring = (aggregateId: string, unseen: Unseen) => advance({ projection, rows }, aggregateId, unseen);
  const between = async (aggregateId: string, seen: number, to: number) => {
    const { commits } = await log.load(aggregateId);
    return commits.flatMap(storedEvents).filter(({ data }) => data.version > seen && data.version <= to);
  };
  return {
    async apply(event) {
      const { aggregateId, version } = event.data;
      await bring(aggregateId, async (seen) => {
        if (version <= seen) return [];
        if (version === seen + 1) return [event];
        // No further than this event: what has come since may not be in the rows that a rebuild fills.
        const missing = await between(aggregateId, seen, version);
        if (missing.length === 0) throw new Error('The delivered event is not in the log.');
        return missing;
      });
    },
    catchUp: (aggregateId, to = Number.POSITIVE_INFINITY) =>
      bring(aggregateId, (seen) => between(aggregateId, seen, to)),
  };
}

/** The events behind a version, as many as are known. */
type Unseen = (version: number) => Promise<readonly StoredEvent[]>;

interface Model<E extends NewEvent, Row> {
  projection: Projection<E, Row>;
  rows: ReadModelStore<Row>;
}

async function advance<E extends NewEvent, Row>(
  { projection, rows }: Model<E, Row>,
  aggregateId: string,
  unseen: Unseen,
): Promise<number> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const seen = await rows.get(aggregateId);
    const events = await unseen(versionOf(seen));
    if (events.length === 0) return versionOf(seen);
    const { next, failure } = folded(projection, seen, events);
    if (await isPut({ projection, rows }, seen, next)) {
      if (failure !== undefined) throw failure;
      return versionOf(next);
    }
  }
  throw new Error(`The row of ${aggregateId} kept changing while it was brought forward.`);
}

async function isPut<E extends NewEvent, Row>(
  { projection, rows }: Model<E, Row>,
  seen: Versioned<Row> | undefined,
  next: Versioned<Row> | undefined,
): Promise<boolean> {
  if (next === undefined || next === seen) return true;
  return rows.put(next, versionOf(seen), countsBetween(projection, seen, next));
}

/** What the counts change by when one row takes another's place. */
export function countsBetween<E extends NewEvent, Row>(
  { counts = () => ({}) }: Projection<E, Row>,
  seen: Versioned<Row> | undefined,
  next: Versioned<Row>,
) {
  return countChanges(seen === undefined ? {} : counts(seen.row), counts(next.row));
}

function versionOf(seen: Versioned<unknown> | undefined): number {
  return seen?.version ?? 0;
}

/** How far a row comes: where an event cannot be applied, those before it are, and it holds up those behind it. */
export interface Folded<Row> {
  next: Versioned<Row> | undefined;
  failure?: UnappliedEvent;
}

/** A projection does not know what to do with an event. */
export class UnappliedEvent extends Error {
  readonly event: StoredEvent;

  constructor(event: StoredEvent, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UnappliedEvent';
    this.event = event;
  }
}

/** The row behind these events, which follow right upon it. */
export function folded<E extends NewEvent, Row>(
  { events: contract, project }: Projection<E, Row>,
  seen: Versioned<Row> | undefined,
  events: readonly StoredEvent[],
): Folded<Row> {
  let next = seen;
  for (const event of events) {
    try {
      next = { row: project(next?.row, recorded(contract, event)), version: event.data.version };
    } catch (error) {
      return { next, failure: new UnappliedEvent(event, error) };
    }
  }
  return { next };
}
