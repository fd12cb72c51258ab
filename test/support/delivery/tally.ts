/** What happened how often, over all seeds of a drill. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string, times = 1): void {
    this.#counts.set(what, this.of(what) + times);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** `eventAgain 12, recut 3` */
  toString(): string {
    return [...this.#counts].map(([what, times]) => `${what} ${times}`).join(', ');
  }
}
