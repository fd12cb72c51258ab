import { isAppError } from '../../../functions/shared/kernel/errors.ts';
import { CircuitBreaker } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import type { ServiceStore } from '../../../functions/shared/platform/breaker/service-store.ts';
import type { Tally } from '../delivery/tally.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { seededRandom } from '../seeds.ts';
import type { DrillPlan } from './drill-plan.ts';
import { CALL_MS, CONFIG, planOf, SERVICE } from './drill-plan.ts';
import { MemoryServiceStore } from './memory-service-store.ts';
import { playedClock } from './played-clock.ts';
import { registrationOf } from './registrations.ts';
import type { Travel, Weather } from './store-weather.ts';
import { StoreWeather } from './store-weather.ts';

/** One call that came to the service. Times in ms from the beginning, by no environment's clock. */
export interface Reached {
  environment: number;
  at: number;
  until: number;
  wentWell: boolean;
  /** Whether its environment did not hold the breaker for closed, nor heard so when it asked. */
  isTrial: boolean;
  /** How the breaker stood then in the store, and whether the call had its leave to try. */
  stood: string;
  isGranted: boolean;
}

/** What an environment heard of the breaker's state during a call, where it wanted to change it. */
interface Asked {
  heard: string | undefined;
}

const STEADY_MS = 500;
const RANDOM_MS = 800;

/** Environments with clocks of their own that call one service through breakers with one store, while both have their troubles. */
export class DrillWorld {
  readonly plan: DrillPlan;
  readonly store: MemoryServiceStore;
  readonly reached: Reached[] = [];
  /** When calls were refused. */
  readonly refused: number[] = [];
  /** When the breaker turned in the store. */
  readonly turns: { at: number; to: string }[] = [];
  /** What the breaker added to a call at most, in ms. */
  mostAddedMs = 0;
  /** What befell questions to the store, and calls that tried. */
  readonly tally: Tally;
  readonly #weather: StoreWeather;
  readonly #clock = new VirtualClock();
  readonly #began = this.#clock.now;
  readonly #random: () => number;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#random = random;
    this.plan = planOf(random);
    this.#weather = new StoreWeather({ sleep: (ms) => this.#clock.sleep(ms), wellMs: 8, random });
    this.store = new MemoryServiceStore(this.#noting(this.#weather.travel));
    this.tally = this.#weather.tally;
    this.store.register(registrationOf(SERVICE, CONFIG));
  }

  /** In ms from the beginning. */
  get now(): number {
    return this.#clock.now - this.#began;
  }

  /** Until everybody had the time to hear that the breaker is closed, or for so long after both are well. */
  async run(limitMs: number): Promise<void> {
    const { skews, changes, wellAt } = this.plan;
    for (const { at, weather } of changes) this.#clock.in(at, () => this.#weather.turn(weather));
    for (const [environment, skew] of skews.entries()) this.#populate(environment, skew);
    await this.#clock.run(wellAt);
    while (this.turns.at(-1)?.to !== 'closed' && this.now < wellAt + limitMs) await this.#clock.run(500);
    await this.#clock.run(3000);
  }

  weatherAt(at: number): Weather {
    return this.plan.changes.findLast((change) => change.at <= at)?.weather ?? 'well';
  }

  #noting(travel: Travel): Travel {
    return (what, serve) =>
      travel(what, () => {
        const answer = serve();
        const last = this.store.history(SERVICE).length;
        if (last > this.turns.length) this.turns.push({ at: this.now, to: this.store.stands(SERVICE).state });
        return answer;
      });
  }

  /** Like a Lambda's, an environment has one call at a time. Half of them come steadily. */
  #populate(environment: number, skew: number): void {
    const asked: Asked = { heard: undefined };
    const ports = { store: this.#heardBy(asked), clock: playedClock(this.#clock, skew), instance: nameOf(environment) };
    const breaker = new CircuitBreaker(ports);
    const gap = environment % 2 === 0 ? () => STEADY_MS : () => -RANDOM_MS * Math.log(1 - this.#random());
    const callIn = (ms: number): void =>
      this.#clock.in(ms, () => void this.#call(environment, breaker, asked).then(() => callIn(gap())));
    // The first read of all may take longer, so it comes before any trouble.
    callIn(1000 * this.#random());
  }

  #heardBy(asked: Asked): ServiceStore {
    const { store } = this;
    return {
      find: (service) => store.find(service),
      count: (service, counts) => store.count(service, counts),
      counted: (service) => store.counted(service),
      async change(...question) {
        const answer = await store.change(...question);
        asked.heard = answer.record.state;
        return answer;
      },
    };
  }

  async #call(environment: number, breaker: CircuitBreaker, asked: Asked): Promise<void> {
    const began = this.now;
    const call = { service: SERVICE, operation: 'work', timeoutMs: CALL_MS, correlationId: `corr_${environment}` };
    const worked = { ms: 0 };
    asked.heard = undefined;
    try {
      await breaker.call(call, ({ breaker: { state } }) => {
        const isTrial = state !== 'closed' && asked.heard !== 'closed';
        return this.#serve(environment, isTrial, worked);
      });
    } catch (error) {
      if (isAppError(error)) this.refused.push(this.now);
    }
    this.mostAddedMs = Math.max(this.mostAddedMs, this.now - began - worked.ms);
  }

  /** A service that is down refuses after a moment, or hangs until the caller gives up. */
  async #serve(environment: number, isTrial: boolean, worked: { ms: number }): Promise<void> {
    const { state: stood, probe } = this.store.stands(SERVICE);
    const { from, until } = this.plan.down;
    const at = this.now;
    const wentWell = at < from || at >= until;
    worked.ms = !wentWell && this.#random() < 0.3 ? CALL_MS : 5 + Math.floor(95 * this.#random());
    await this.#clock.sleep(worked.ms);
    const isGranted = probe?.by.startsWith(`${nameOf(environment)}/`) ?? false;
    this.reached.push({ environment, at, until: this.now, wentWell, isTrial, stood, isGranted });
    if (isTrial && !wentWell) this.tally.add('trial failed');
    if (isTrial && !isGranted && stood !== 'closed') this.tally.add('trial without leave');
    if (!wentWell) throw new Error('The service is down.');
  }
}

function nameOf(environment: number): string {
  return `environment-${environment}`;
}
