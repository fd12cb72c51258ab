import { Tally } from '../delivery/tally.ts';

/** How a question comes to a store and its answer back. It rejects where either is lost. */
export type Travel = <Answer>(what: string, serve: () => Answer) => Promise<Answer>;

/** Well: answers soon. Slow: takes its time for each. Down: fails at once. Hanging: answers when it is well again. */
export type Weather = 'well' | 'slow' | 'down' | 'hanging';

interface WeatherOptions {
  sleep(ms: number): Promise<void>;
  /** How long an answer takes, in ms. */
  wellMs?: number;
  /** When on its way a question is served: 0 at its beginning, 1 at its end. */
  random?: () => number;
}

/** The way to a store, on a clock, in all weathers. */
export class StoreWeather {
  /** What befell questions. */
  readonly tally = new Tally();
  #weather: Weather = 'well';
  #slowMs = 0;
  #wellAgain = Promise.withResolvers<void>();
  readonly #options: Required<WeatherOptions>;

  constructor({ wellMs = 0, random = () => 0.5, ...options }: WeatherOptions) {
    this.#options = { ...options, wellMs, random };
  }

  get now(): Weather {
    return this.#weather;
  }

  /** @param slowMs how long an answer takes while it is slow */
  turn(weather: Weather, slowMs = 2000): void {
    this.#weather = weather;
    this.#slowMs = slowMs;
    if (weather === 'hanging' || weather === 'down') return;
    this.#wellAgain.resolve();
    this.#wellAgain = Promise.withResolvers<void>();
  }

  readonly travel: Travel = async (_what, serve) => {
    this.#mayFail('refused');
    const isSlow = this.#weather === 'slow';
    const { wellMs, random } = this.#options;
    const takes = isSlow ? this.#slowMs : wellMs;
    const there = takes * random();
    await this.#pass(there);
    this.#mayFail('question lost');
    if (this.#weather === 'hanging') {
      this.tally.add('hung');
      await this.#wellAgain.promise;
    }
    const answer = serve();
    await this.#pass(takes - there);
    this.#mayFail('answer lost');
    if (isSlow) this.tally.add('late');
    return answer;
  };

  #mayFail(as: string): void {
    if (this.#weather !== 'down') return;
    this.tally.add(as);
    throw new Error('The store of breakers is down.');
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) await this.#options.sleep(ms);
  }
}
