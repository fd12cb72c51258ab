import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { EnvName } from '../../../functions/contracts/env.ts';
import type { World } from './world.ts';

/** A function's answer, or that it threw or died. */
export type Outcome<Answer> = { answer: Answer } | { error: unknown };

export interface LambdaFunction<Event, Answer> {
  invoke(event: Event): Promise<Outcome<Answer>>;
}

type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;
type Environment = Partial<Record<EnvName, string>>;
type Async = (...args: never[]) => Promise<unknown>;

/** One invocation's process. */
interface Process {
  name: string;
  env: Environment;
  /** Answered or dead: nothing of it goes on. */
  isOver: boolean;
  end(outcome: Outcome<never>): void;
}

/** How long a call out of a function, or the way to it, may take. */
const CALL_MS = 30;
const SLOW_CALL_MS = 3000;

/**
 * Functions that run side by side. One process at a time goes on, from one call of a port to the next, with its function's environment;
 * the clock says which. A process may die at each call, and then stops for good: no `catch` or `finally` of it runs, as under SIGKILL.
 * One that has answered is taken for the next invocation, as Lambda does, and never for two at once.
 */
export class Lambdas {
  readonly #world: World;
  #running: Process | undefined;
  #env: Environment = {};

  constructor(world: World) {
    this.#world = world;
  }

  /** `build` is the cold start: what the handler's file does when it is loaded. */
  deploy<Event, Answer>(
    name: string,
    env: Environment,
    build: () => Handler<Event, Answer>,
  ): LambdaFunction<Event, Answer> {
    const idle: Handler<Event, Answer>[] = [];
    const run = async (process: Process, event: Event): Promise<void> => {
      this.#enter(process);
      if (this.#dies(process, 'before handler')) return;
      const handler = idle.pop() ?? build();
      const outcome = await settled(handler(event, CONTEXT));
      if (process.isOver || this.#dies(process, 'before answer')) return;
      process.isOver = true;
      idle.push(handler);
      process.end(outcome as Outcome<never>);
    };
    return {
      invoke: (event) =>
        new Promise((end) => {
          const process: Process = { name, env, isOver: false, end };
          this.#world.clock.in(this.#world.time(CALL_MS), () => void run(process, event));
        }),
    };
  }

  /** Something outside that the running function asks for. It takes time, and the process may not live to hear of it. */
  async call<Result>(port: string, effect: () => Result | Promise<Result>): Promise<Result> {
    const process = this.#running;
    if (process === undefined) throw new Error(`${port} is called, and no function runs.`);
    if (process.isOver || this.#dies(process, `before ${port}`)) return never();
    const isSlow = this.#world.strikes('slow');
    await this.#world.clock.sleep(this.#world.time(isSlow ? SLOW_CALL_MS : CALL_MS));
    this.#enter(process);
    if (process.isOver) return never();
    const result = await effect();
    return this.#dies(process, `after ${port}`) ? never() : result;
  }

  /** The same port, as the running function reaches it. */
  through<Port extends object>(port: Port, ...names: (keyof Port & string)[]): Port {
    const reached = names.map((name) => {
      const effect = port[name] as Async;
      return [name, (...args: never[]) => this.call(name, () => effect(...args))];
    });
    return { ...port, ...Object.fromEntries(reached) };
  }

  /** Ends the running function as an exhausted memory would. */
  kill(): Promise<never> {
    if (this.#running !== undefined) this.#end(this.#running);
    return never();
  }

  #dies(process: Process, where: string): boolean {
    if (!this.#world.strikes('death', `death ${where}`)) return false;
    this.#end(process);
    return true;
  }

  #end(process: Process): void {
    process.isOver = true;
    process.end({ error: new Error(`Runtime.ExitError: ${process.name}`) });
  }

  #enter(process: Process): void {
    this.#running = process;
    if (process.env === this.#env) return;
    this.#env = process.env;
    for (const [name, value] of Object.entries(process.env)) vi.stubEnv(name, value);
  }
}

const CONTEXT = {} as Context;

const never = (): Promise<never> => new Promise(() => undefined);

function settled<Answer>(work: Promise<Answer>): Promise<Outcome<Answer>> {
  return work.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
}
