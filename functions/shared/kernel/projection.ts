import type { EventContract, NewEvent, Recorded } from './decider.ts';

/** A read model as a pure function of events (seed: Projection). */
export interface Projection<E extends NewEvent, Row> {
  /** The contract of the events that it follows. */
  events: EventContract<E>;
  /** The row after this event. */
  project(row: Row | undefined, event: Recorded<E>): Row;
}
