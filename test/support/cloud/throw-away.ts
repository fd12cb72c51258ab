import { randomUUID } from 'node:crypto';

/** What a test makes on the cloud under a name that nothing else has. It goes with the test, the last thing made first. */
export class ThrowAway {
  readonly name: string;
  readonly #removals: (() => Promise<unknown>)[] = [];

  constructor(prefix: string) {
    this.name = `${prefix}-${randomUUID().slice(0, 8)}`;
  }

  /** Says how the thing just made is removed again. */
  removedBy(removal: () => Promise<unknown>): void {
    this.#removals.push(removal);
  }

  /** One thing that can't be removed keeps none of the others. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const removal of this.#removals.splice(0).reverse()) {
      await removal().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, `Not all of ${this.name} could be removed.`);
  }
}
