import { messageOf } from '../../kernel/errors.ts';
import { newLogger } from '../logger.ts';
import type { Clock } from './clock.ts';
import type { CallCounts, ServiceStore } from './service-store.ts';

/** How often an environment tells what it has counted, at most. */
const EVERY_MS = 10_000;

interface Counted {
  counts: CallCounts;
  toldAt: number;
  timer?: NodeJS.Timeout;
}

const none = (): CallCounts => ({ success: 0, error: 0, rejected: 0 });

const logger = newLogger();

/**
 * Counts calls in memory and adds them to everybody's at most every ten seconds. The first after a pause is told at once, as nobody
 * may come after it; what follows waits for a timer, which an environment that is put to sleep hears when it wakes.
 */
export class Counts {
  readonly #services = new Map<string, Counted>();
  readonly #store: ServiceStore;
  readonly #clock: Clock;

  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Where it is time to tell, a promise of that, which never rejects. */
  add(service: string, kind: keyof CallCounts): Promise<void> | undefined {
    const of = this.#of(service);
    of.counts[kind] += 1;
    if (this.#clock.now() - of.toldAt >= EVERY_MS) return this.#tell(service);
    of.timer ??= setTimeout(() => void this.#tell(service), EVERY_MS).unref();
    return undefined;
  }

  #of(service: string): Counted {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const of = { counts: none(), toldAt: Number.NEGATIVE_INFINITY };
    this.#services.set(service, of);
    return of;
  }

  /** Counts that could not be told are told with the next ones. */
  async #tell(service: string): Promise<void> {
    const of = this.#of(service);
    const { counts } = of;
    clearTimeout(of.timer);
    Object.assign(of, { counts: none(), toldAt: this.#clock.now(), timer: undefined });
    try {
      await this.#store.count(service, counts);
    } catch (error) {
      of.counts = sum(of.counts, counts);
      logger.warn('Calls were not counted yet', { breaker: service, reason: messageOf(error) });
    }
  }
}

function sum(one: CallCounts, other: CallCounts): CallCounts {
  return {
    success: one.success + other.success,
    error: one.error + other.error,
    rejected: one.rejected + other.rejected,
  };
}
