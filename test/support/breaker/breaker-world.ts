import { setImmediate as moment } from 'node:timers/promises';
import type { BreakerConfig } from '../../../functions/contracts/breaker.ts';
import type { BreakerRecord, Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { CircuitBreaker } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import type { ServiceEntry } from '../../../functions/shared/platform/breaker/service-store.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { MemoryServiceStore } from './memory-service-store.ts';
import { playedClock } from './played-clock.ts';
import { registrationOf } from './registrations.ts';
import { StoreWeather } from './store-weather.ts';

export const SERVICE = 'billing';
export const CONFIG: BreakerConfig = {
  failureThreshold: 3,
  successThreshold: 2,
  timeout: 30_000,
  monitoringPeriod: 10_000,
};

/** What a call of the service comes to; by itself it goes well at once. */
interface Work {
  error?: Error;
  /** How long the call takes, in ms. */
  ms?: number;
}

/** An environment that calls the service through a breaker of its own. */
export interface Environment {
  breaker: CircuitBreaker;
  /** What the call came to for its caller: `done`, or what was thrown. */
  call(work?: Work): Promise<unknown>;
}

export const DOWN = new Error('The service is down.');

/** A service, environments that call it, and the store that they share, on one clock. */
export class BreakerWorld {
  readonly clock = new VirtualClock();
  readonly weather: StoreWeather;
  readonly store: MemoryServiceStore;
  /** What the calls that came to the service knew of it. */
  readonly reached: ServiceEntry[] = [];
  #environments = 0;

  /** @param servedAt where on its way a question is served: 0 at its beginning, 1 at its end */
  constructor({ wellMs = 0, servedAt = 0.5 }: { wellMs?: number; servedAt?: number } = {}) {
    this.weather = new StoreWeather({ sleep: (ms) => this.clock.sleep(ms), wellMs, random: () => servedAt });
    this.store = new MemoryServiceStore(this.weather.travel);
    this.store.register(registrationOf(SERVICE, CONFIG));
  }

  get now(): number {
    return this.clock.now;
  }

  environment({ skewMs = 0 }: { skewMs?: number } = {}): Environment {
    this.#environments += 1;
    const clock = playedClock(this.clock, skewMs);
    const breaker = new CircuitBreaker({ store: this.store, clock, instance: `environment-${this.#environments}` });
    return { breaker, call: (work = {}) => this.settled(this.#call(breaker, work)) };
  }

  /** Makes this so in the store, past all environments. */
  async set(wish: Wish): Promise<BreakerRecord> {
    const { record } = await this.settled(this.store.change(SERVICE, this.store.stands(SERVICE), wish, 'by hand'));
    return record;
  }

  /** So much time passes. */
  pass(ms: number): Promise<void> {
    return this.clock.run(ms);
  }

  /** Plays the clock, ms by ms, until that has come to an end. */
  async settled<Value>(promise: Promise<Value>): Promise<Value> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    promise.then(end, end);
    for (let ms = 0; ms < 120_000; ms += 1) {
      await moment();
      if (isOver) return promise;
      await this.pass(1);
    }
    throw new Error('It never came to an end.');
  }

  async #call(breaker: CircuitBreaker, { error, ms = 0 }: Work): Promise<unknown> {
    const call = { service: SERVICE, operation: 'charge', timeoutMs: 1000, correlationId: 'corr_1' };
    const work = async (entry: ServiceEntry) => {
      this.reached.push(entry);
      if (ms > 0) await this.clock.sleep(ms);
      if (error !== undefined) throw error;
      return 'done';
    };
    return breaker.call(call, work).catch((thrown: unknown) => thrown);
  }
}
