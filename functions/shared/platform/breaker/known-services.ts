import { messageOf } from '../../kernel/errors.ts';
import { newLogger } from '../logger.ts';
import type { BreakerRecord, Wish } from './breaker-record.ts';
import { UNTOUCHED } from './breaker-record.ts';
import type { Clock } from './clock.ts';
import type { Waited } from './patience.ts';
import { Patience } from './patience.ts';
import type { ServiceEntry, ServiceStore } from './service-store.ts';

/** So old may be what is known. Under 2 s, as what was done by hand holds from then on (api.md); at most 7 reads in 10 s. */
export const FRESH_MS = 1500;

/** After so long without a question, what is known is worth little, and the connection is gone. */
const COLD_MS = 60_000;

/** A read that finds nothing known, or nothing but that, may have to connect first. */
const COLD_READ_MS = 1000;

/** So long what is told has not come to an end, it is taken to be under way. A connection may hang for ever. */
const TELLING_MS = 10_000;

/** The last read. It never rejects. */
interface Asked {
  at: number;
  isCold: boolean;
  read: Promise<void>;
}

interface Known {
  /** As the store has it, so far as it is known. */
  entry: ServiceEntry & { isKnown: boolean };
  /** When the read began that told it. */
  readAt: number;
  asked?: Asked;
  /** How the breaker stands with what happened here since then, and was not told to the store in time. */
  local?: Local;
}

interface Local {
  breaker: BreakerRecord;
  since: number;
  /** Where the store may hear of it yet. */
  telling?: Promise<unknown>;
}

const logger = newLogger();

/** What this environment knows of the services that it calls: read at most every one and a half seconds. */
export class KnownServices {
  readonly #known = new Map<string, Known>();
  readonly #store: ServiceStore;
  readonly #clock: Clock;

  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** As it is known, where that is fresh: almost always, so nothing is waited for. */
  fresh(service: string): (ServiceEntry & { isKnown: boolean }) | undefined {
    const known = this.#known.get(service);
    if (known === undefined || known.local !== undefined) return undefined;
    return this.#clock.now() - known.readAt < FRESH_MS ? known.entry : undefined;
  }

  /** As it is known by the end of that patience. Without an answer of the store, as it was known before; at the very first, as closed. */
  async entry(service: string, patience: Patience): Promise<ServiceEntry & { isKnown: boolean }> {
    const known = this.#of(service);
    const now = this.#clock.now();
    if (now - known.readAt >= FRESH_MS) await this.#refresh(service, known, patience);
    const { since, telling } = known.local ?? {};
    if (telling !== undefined && now - (since ?? 0) < FRESH_MS) await patience.wait(telling);
    return this.known(service);
  }

  /** As it is known right now. */
  known(service: string): ServiceEntry & { isKnown: boolean } {
    const { entry, local } = this.#of(service);
    return local === undefined ? entry : { ...entry, breaker: local.breaker };
  }

  /**
   * Makes a wish come true in the store. Where that fails, or takes longer than the patience, the outcome says so; a wish under way
   * goes on.
   */
  change(service: string, wish: Wish, correlationId: string, patience: Patience): Promise<Waited<BreakerRecord>> {
    return patience.wait(this.#change(service, wish, correlationId));
  }

  /** The same for what happened here, which holds here meanwhile, as it is to hold without the store. */
  async tell(
    service: string,
    { wish, alone }: { wish: Wish; alone: Wish },
    correlationId: string,
    patience: Patience,
  ): Promise<void> {
    const known = this.#of(service);
    const since = this.#clock.now();
    const telling = this.#change(service, wish, correlationId);
    const told = await patience.wait(telling);
    if (told.kind !== 'done') this.pretend(service, alone, since);
    if (told.kind === 'late') follow(known, telling);
  }

  /** Goes on as if the store had been told, until it answers what it was asked later. */
  pretend(service: string, wish: Wish, since: number): BreakerRecord {
    const known = this.#of(service);
    const breaker = wish(known.local?.breaker ?? known.entry.breaker);
    known.local = { breaker, since };
    return breaker;
  }

  #of(service: string): Known {
    const known = this.#known.get(service) ?? {
      entry: { breaker: UNTOUCHED, isKnown: false },
      readAt: Number.NEGATIVE_INFINITY,
    };
    this.#known.set(service, known);
    return known;
  }

  /** For a store that failed, or hangs, the next call does not wait again until it is time to ask again. */
  async #refresh(service: string, known: Known, patience: Patience): Promise<void> {
    const now = this.#clock.now();
    const isDue = known.asked === undefined || now - known.asked.at >= FRESH_MS;
    const { isCold, at, read } = isDue ? this.#ask(service, known, now) : (known.asked as Asked);
    if (isCold) await new Patience(this.#clock, at + COLD_READ_MS - now).wait(read);
    else if (now - at < patience.left) await patience.wait(read);
  }

  #ask(service: string, known: Known, now: number): Asked {
    const isCold = known.asked === undefined || now - known.asked.at >= COLD_MS;
    known.asked = { at: now, isCold, read: this.#read(service, known, now) };
    return known.asked;
  }

  async #read(service: string, known: Known, began: number): Promise<void> {
    try {
      const { registration, breaker } = await this.#store.find(service);
      if (began >= known.readAt) {
        known.entry = { ...(registration && { registration }), breaker: known.entry.breaker, isKnown: true };
        known.readAt = began;
      }
      learn(known, breaker);
      forgetLocal(known, began);
    } catch (error) {
      tellUnreachable(service, error);
    }
  }

  #change(service: string, wish: Wish, correlationId: string): Promise<BreakerRecord> {
    const known = this.#of(service);
    const began = this.#clock.now();
    const change = this.#store.change(service, known.entry.breaker, wish, correlationId).then(({ record }) => {
      learn(known, record);
      forgetLocal(known, began);
      return known.entry.breaker;
    });
    change.catch((error: unknown) => tellUnreachable(service, error));
    return change;
  }
}

/** Answers may overtake each other: an older one is let be. */
function learn(known: Known, breaker: BreakerRecord): void {
  if (breaker.revision >= known.entry.breaker.revision) known.entry = { ...known.entry, breaker };
}

/** What is being told holds here until the store has heard of it, or nobody can say whether it has. */
function follow(known: Known, telling: Promise<unknown>): void {
  const { local } = known;
  if (local === undefined) return;
  local.telling = telling;
  const heard = () => {
    if (known.local === local) delete known.local;
  };
  telling.then(heard, () => delete local.telling);
}

/** A store that answers what it was asked later knows better, unless it has yet to hear of what happened here. */
function forgetLocal(known: Known, began: number): void {
  const { since = Number.POSITIVE_INFINITY, telling } = known.local ?? {};
  if (began >= since + (telling === undefined ? 0 : TELLING_MS)) delete known.local;
}

function tellUnreachable(service: string, error: unknown): void {
  logger.warn('The store of breakers did not answer', { breaker: service, reason: messageOf(error) });
}
