import { seededRandom } from '../seeds.ts';
import { Tally } from './tally.ts';
import { VirtualClock } from './virtual-clock.ts';

/** How likely it is, each time that it could happen. */
export interface Weather {
  /** A function's process dies before it begins, between two of its calls, or before anybody hears its answer. */
  death: number;
  /** The stream's checkpoint is lost after a batch was answered: it comes again. */
  recordsAgain: number;
  /** The stream's poller begins anew at its checkpoint, and cuts other batches than before. */
  recut: number;
  /** The bus hands an event over once more. */
  eventAgain: number;
  /** A server of the queue missed that a message was received or deleted: it comes again. */
  messageAgain: number;
  /** Some entries of a call to the bus are not taken. */
  entriesFail: number;
  /** The bus takes nothing of a call. */
  throttled: number;
  /** The bus takes all of a call, and its answer is lost. */
  answerLost: number;
  /** A function's call takes a hundred times as long as others do. */
  slow: number;
  /** Everything takes its own time, and overtakes; without it, all is as quick as everything else, and nothing does. */
  disorder: number;
}

type Mishap = Exclude<keyof Weather, 'disorder'>;

export const CALM: Weather = {
  death: 0,
  recordsAgain: 0,
  recut: 0,
  eventAgain: 0,
  messageAgain: 0,
  entriesFail: 0,
  throttled: 0,
  answerLost: 0,
  slow: 0,
  disorder: 0,
};

/** All of it at once. */
export const STORM: Weather = {
  death: 0.03,
  recordsAgain: 0.1,
  recut: 0.3,
  eventAgain: 0.3,
  messageAgain: 0.15,
  entriesFail: 0.25,
  throttled: 0.1,
  answerLost: 0.05,
  slow: 0.1,
  disorder: 1,
};

/** What delivery has in common: one clock, one source of chance, the odds, and the count of what went wrong. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly tally: Tally;
  weather: Weather;

  constructor(seed: number, weather: Partial<Weather> = {}, tally = new Tally()) {
    this.random = seededRandom(seed);
    this.weather = { ...CALM, ...weather };
    this.tally = tally;
  }

  /** Whether it happens now, counted where it does. `as` names it in the count. */
  strikes(mishap: Mishap, as: string = mishap): boolean {
    if (this.random() >= this.weather[mishap]) return false;
    this.tally.add(as);
    return true;
  }

  /** From `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** How long something takes that takes up to `most` ms. */
  time(most: number): number {
    return this.random() < this.weather.disorder ? this.whole(1, most) : 1;
  }

  /** In some order; in their own where order reigns. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    return this.random() < this.weather.disorder ? this.mixed(items) : [...items];
  }

  mixed<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, place: this.random() }))
      .sort((one, other) => one.place - other.place)
      .map(({ item }) => item);
  }

  /** From then on nothing goes wrong by itself any more, so that what was delivered wrong comes to its end. */
  clearsUpIn(ms: number): void {
    this.clock.in(ms, () => {
      this.weather = { ...CALM, disorder: this.weather.disorder };
    });
  }
}
