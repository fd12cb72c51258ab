import type { EventContract, NewEvent, Recorded } from './decider.ts';

/** Amounts, by what is counted and how it stands: `{ simple_task: { pending: 1 } }`. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A read model as a pure function of events (seed: Projection). */
export interface Projection<E extends NewEvent, Row> {
  /** The contract of the events that it follows. */
  events: EventContract<E>;
  /** The row after this event. */
  project(row: Row | undefined, event: Recorded<E>): Row;
  /**
   * What the row adds to the model's counts. They are changed in one write with the row, by the difference between what it added before
   * and what it adds now; so they are the sums over all rows, however often and in whatever order events come.
   */
  counts?(row: Row): Counts;
}

/** What leads from one row's counts to another's; amounts that stay are left out. */
export function countChanges(before: Counts, after: Counts): Counts {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...keys].map((key) => [key, differences(own(before, key) ?? {}, own(after, key) ?? {})] as const);
  return Object.fromEntries(changes.filter(([, change]) => Object.keys(change).length > 0));
}

type Amounts = Counts[string];

function differences(before: Amounts, after: Amounts): Amounts {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  const all = [...fields].map((field) => [field, (own(after, field) ?? 0) - (own(before, field) ?? 0)] as const);
  return Object.fromEntries(all.filter(([, by]) => by !== 0));
}

/** Users name some keys: `constructor` is one as good as any other. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
