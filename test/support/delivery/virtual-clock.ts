import { vi } from 'vitest';

interface Entry {
  at: number;
  /** Keeps entries of one moment in the order in which they were made. */
  order: number;
  action: () => void;
}

/** More than any drill needs: something goes round in circles. */
const MAX_STEPS = 500_000;

/**
 * Time that passes only from one planned thing to the next, so that a day takes a moment. `Date` follows it. Whatever one thing sets
 * off has come to rest before the next one happens: that makes a run the same each time.
 */
export class VirtualClock {
  /** In ms since 1970. */
  now = Date.UTC(2026, 7, 19, 12);
  /** The next one is the last. */
  readonly #agenda: Entry[] = [];
  #order = 0;

  constructor() {
    vi.useFakeTimers({ toFake: ['Date'], now: this.now });
  }

  in(ms: number, action: () => void): void {
    this.#order += 1;
    const entry = { at: this.now + ms, order: this.#order, action };
    this.#agenda.splice(this.#placeOf(entry), 0, entry);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.in(ms, resolve));
  }

  /** Until nothing is planned any more, or for so long. */
  async run(ms = Number.POSITIVE_INFINITY): Promise<void> {
    const end = this.now + ms;
    let steps = 0;
    for (let next = this.#agenda.at(-1); next !== undefined && next.at <= end; next = this.#agenda.at(-1)) {
      this.#agenda.pop();
      this.#set(next.at);
      next.action();
      await atRest();
      steps += 1;
      if (steps > MAX_STEPS) throw new Error('The world does not come to rest.');
    }
    if (Number.isFinite(end)) this.#set(end);
  }

  #set(now: number): void {
    if (now === this.now) return;
    this.now = now;
    vi.setSystemTime(now);
  }

  #placeOf({ at }: Entry): number {
    let low = 0;
    for (let high = this.#agenda.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#agenda[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** All promises that can go on have gone on. */
const atRest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
