/** An event as a decision makes it: a name in the past tense and its data. */
export interface NewEvent {
  type: string;
  data: object;
}

/** What the log adds when an event is stored. */
export interface Recording {
  eventId: string;
  aggregateId: string;
  /** Place in its aggregate's history: 1, 2, 3, … without a gap. */
  version: number;
  /** ISO 8601, UTC: when the command was taken. */
  timestamp: string;
  correlationId: string;
}

/** A stored event as folds see it. Distributes over a union, so that `type` still narrows `data`. */
export type Recorded<E extends NewEvent> = E extends unknown ? E & Recording : never;

/**
 * The events that an aggregate knows. Their data was checked when they were decided; what can be wrong at reading is a name that
 * nobody knows (any more), or an older form, which is brought to the newest here.
 */
export interface EventContract<E extends NewEvent> {
  /** Throws where the name is unknown. */
  read(stored: NewEvent): E;
}

/** The record's keys are all names of the union: a forgotten one does not compile. */
export function eventContract<E extends NewEvent>(names: Record<E['type'], true>): EventContract<E> {
  return {
    read(stored) {
      if (!Object.hasOwn(names, stored.type)) throw new Error(`No aggregate knows the event ${stored.type}.`);
      return stored as E;
    },
  };
}

/** An expected "no". It is a value, because a caller has to answer it; only broken invariants throw. */
export interface Refusal {
  code: 'NOT_FOUND' | 'CONFLICT' | 'RESUME_REFUSED' | 'GONE';
  message: string;
}

export type Decision<E> = { ok: true; events: readonly E[] } | { ok: false; refusal: Refusal };

/**
 * An aggregate as two pure functions (Chassaing's decider). Time, ids and everything else from outside come in with the command,
 * so the same command on the same state gives the same events.
 */
export interface Decider<Command, Event extends NewEvent, State> {
  initial: State;
  decide(command: Command, state: State): Decision<Event>;
  evolve(state: State, event: Recorded<Event>): State;
}

export function accept<E>(...events: E[]): Decision<E> {
  return { ok: true, events };
}

export function refuse(code: Refusal['code'], message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message } };
}
