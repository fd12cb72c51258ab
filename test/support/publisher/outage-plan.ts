import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { REFUSED, THROTTLED } from './scripted-bus.ts';
import { MINUTE, START } from './sweep-world.ts';

export const HOUR = 60 * MINUTE;

/** The publisher goes away, and comes back when the stream has forgotten the first hour of what it missed. */
export const OFF = START + 4 * HOUR;
export const ON = OFF + 25 * HOUR;

/** A commit that will be stored. */
export interface Planned {
  aggregateId: string;
  events: readonly NewEvent[];
  /** When its command came, when it was stored, and when the index has it. */
  at: number;
  storedAt: number;
  shownAt: number;
}

/** Commits of one to three events: before the outage, in what the stream forgets of it, in what it does not, and after it. */
export function planned(aggregateId: string, history: readonly NewEvent[], random: () => number): Planned[] {
  const events = [...history];
  const commits: (readonly NewEvent[])[] = [];
  while (events.length > 0) commits.push(events.splice(0, 1 + Math.floor(random() * 3)));
  const spans = [
    [START, OFF],
    [OFF, OFF + 1.5 * HOUR],
    [OFF + 1.5 * HOUR, ON],
    [ON, ON + HOUR],
  ] as const;
  const times = commits.map(() => {
    const [from, to] = spans[Math.floor(random() * spans.length)] ?? [START, ON];
    return from + random() * (to - from);
  });
  times.sort((a, b) => a - b);
  return commits.map((one, index) => {
    const storedAt = times[index] ?? START;
    // Some commands take as long as a Lambda lives, and the index nearly as long as a sweep allows it.
    const [took, lag] = random() < 0.5 ? [15 * MINUTE, 4.9 * MINUTE] : [500, 500];
    const at = storedAt - took * (1 - random() / 10);
    return { aggregateId, events: one, at, storedAt, shownAt: storedAt + lag * (1 - random() / 10) };
  });
}

/** Most events are taken at once, some are throttled for longer than a publisher tries, and a few are never taken. */
export function outcomesOf(random: () => number) {
  const chance = random();
  if (chance < 0.05) return [REFUSED];
  const throttles = chance < 0.3 ? 1 + Math.floor(random() * 6) : 0;
  return [...Array.from({ length: throttles }, () => THROTTLED), {}];
}
