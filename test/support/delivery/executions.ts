import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';

/**
 * Step Functions, as far as starting goes: a name starts one execution. To ask for it again is well while it runs with the same input,
 * and an error otherwise (Step Functions API reference, "StartExecution").
 */
export class Executions {
  /** Inputs by name, in the order in which they were started. */
  readonly started = new Map<string, string>();
  /** How often a start was asked for. */
  asked = 0;
  readonly #closed = new Set<string>();
  readonly #onStart: (name: string) => void;

  constructor(onStart: (name: string) => void) {
    this.#onStart = onStart;
  }

  start(name: string, input: string): void {
    this.asked += 1;
    const before = this.started.get(name);
    if (before === undefined) {
      this.started.set(name, input);
      this.#onStart(name);
    } else if (before !== input || this.#closed.has(name)) {
      throw new ExecutionAlreadyExists({ message: `Execution Already Exists: '${name}'`, $metadata: {} });
    }
  }

  close(name: string): void {
    this.#closed.add(name);
  }
}
