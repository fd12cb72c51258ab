/** A process that dies right before or right after its n-th call of a port. */
export interface Fault {
  /** From 1. */
  call: number;
  when: 'before' | 'after';
}

/** What a test sees of a process that was cut off; no code under test may take it for an answer. */
export class Died extends Error {}

/** Counts the calls of ports, and cuts off the one that the fault names. Without a fault it only counts. */
export class FaultLine {
  calls = 0;
  fired = false;
  readonly #fault: Fault | undefined;

  constructor(fault?: Fault) {
    this.#fault = fault;
  }

  /** The same port, with its effects on the line; what only reads is not named. */
  through<Port extends object>(port: Port, ...effects: (keyof Port)[]): Port {
    const cut = effects.map((name) => [name, this.#cut(port[name] as (...args: unknown[]) => Promise<unknown>)]);
    return { ...port, ...Object.fromEntries(cut) };
  }

  #cut(effect: (...args: unknown[]) => Promise<unknown>) {
    return async (...args: unknown[]): Promise<unknown> => {
      this.calls += 1;
      const when = this.calls === this.#fault?.call ? this.#fault.when : undefined;
      this.fired ||= when !== undefined;
      if (when === 'before') throw new Died('before a call');
      const result = await effect(...args);
      if (when === 'after') throw new Died('after a call');
      return result;
    };
  }
}

/** Every place where a process that makes so many calls can be cut off. */
export function everyFault(calls: number): Fault[] {
  return Array.from({ length: calls }, (_, index): Fault[] => [
    { call: index + 1, when: 'before' },
    { call: index + 1, when: 'after' },
  ]).flat();
}
