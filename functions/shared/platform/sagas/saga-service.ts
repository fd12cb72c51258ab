import type { Failure } from '../../../contracts/task-fields.ts';

/** Which call it is. Ids and run together name it for good: a second call with them is the same one come again. */
export interface CallContext {
  sagaId: string;
  stepId: string;
  correlationId: string;
  /** Which run of the saga it is part of: a resume begins a new one, whose calls are others. */
  run: number;
}

/** A call that somebody waits for, as long as the step's limit lets him. */
export interface RunContext extends CallContext {
  /** What is left of the step's limit. */
  timeoutMs: number;
  /** The call is a compensation. */
  undoes?: boolean;
  /** Aborted when nobody waits any more: what has not been done by then must not be done. */
  signal: AbortSignal;
}

/** Says that the step is on its way and will be ended by {@link StepCompletions}. */
export const LATER = 'later';

/** What a service does for a saga. Every one may be called twice with the same context. */
export interface Operation {
  /**
   * A step gets `{ ...step.input, ...sagaData }`, a compensation `{ originalResult, sagaData }` (seed). An `AppError` or a
   * `ServiceRefusal` is the service's answer; anything else that is thrown is a fault of ours, and callers hear no more than that.
   */
  run(input: Record<string, unknown>, context: RunContext): Promise<Record<string, unknown> | typeof LATER>;
  /** Clears what a run may have left behind that failed, or was given up before it ended. */
  abandon?(input: Record<string, unknown>, context: CallContext): Promise<void>;
}

/** The operations of one service of ours, by action. */
export type SagaService = Readonly<Record<string, Operation>>;

/** What steps may call: the operations of one service, or those of any. */
export type Callable = SagaService | ((service: string, action: string) => Operation);

/** A step that somebody works on; with a run, only as long as it is the saga's newest. */
export interface BegunStep {
  sagaId: string;
  stepId: string;
  run?: number;
}

/**
 * Ends a step that answered {@link LATER}. Both may be called any number of times, early or late: a step that has not begun reads its
 * outcome when it begins, and one that was given up takes none.
 */
export interface StepCompletions {
  complete(step: BegunStep, result: Record<string, unknown>): Promise<void>;
  fail(step: BegunStep, error: Failure): Promise<void>;
}

/** A service's "no" with a code of its own choice, as an agent gives it. Has the form of an `AppError`. */
export class ServiceRefusal extends Error {
  readonly code: string;
  readonly retryable = false;

  constructor({ code, message }: Failure) {
    super(message);
    this.name = code;
    this.code = code;
  }
}
