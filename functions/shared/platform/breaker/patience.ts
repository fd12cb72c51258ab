import type { Clock } from './clock.ts';

/** What came of something within the time that was left for it. */
export type Waited<Value> = { kind: 'done'; value: Value } | { kind: 'late' } | { kind: 'failed' };

/**
 * The time that one call may lose to the store of breakers, all its questions together. What is not done by then goes on by itself;
 * nobody waits for it.
 */
export class Patience {
  #left: number;
  readonly #clock: Clock;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#left = Math.max(0, ms);
  }

  get left(): number {
    return this.#left;
  }

  /** @param promise must not reject unheard: whoever makes it logs its failure */
  async wait<Value>(promise: Promise<Value>): Promise<Waited<Value>> {
    const since = this.#clock.now();
    const over = new AbortController();
    const done = promise.then<Waited<Value>, Waited<Value>>(
      (value) => ({ kind: 'done', value }),
      () => ({ kind: 'failed' }),
    );
    const late = this.#clock.sleep(this.#left, over.signal).then<Waited<Value>>(() => ({ kind: 'late' }));
    const outcome = await Promise.race([done, late]);
    over.abort();
    this.#left = Math.max(0, this.#left - (this.#clock.now() - since));
    return outcome;
  }
}
