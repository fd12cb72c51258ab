/**
 * The calls by which an environment tries services, one of each at a time. Each has a name of its own: what is told late of one says
 * nothing about the next.
 */
export class Trials {
  readonly #instance: string;
  readonly #services = new Map<string, { number: number; isRunning: boolean }>();

  constructor(instance: string) {
    this.#instance = instance;
  }

  /** The name of the next; none while one runs. */
  next(service: string): string | undefined {
    const { number, isRunning } = this.#of(service);
    return isRunning ? undefined : `${this.#instance}/${number}`;
  }

  /** `false` where another call has begun that one meanwhile. */
  begin(service: string, name: string): boolean {
    if (this.next(service) !== name) return false;
    this.#services.set(service, { number: this.#of(service).number + 1, isRunning: true });
    return true;
  }

  end(service: string): void {
    this.#services.set(service, { ...this.#of(service), isRunning: false });
  }

  #of(service: string): { number: number; isRunning: boolean } {
    return this.#services.get(service) ?? { number: 1, isRunning: false };
  }
}
