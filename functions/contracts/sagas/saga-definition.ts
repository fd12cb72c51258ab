/** One step of a saga (seed: SagaStep). */
export interface SagaStep {
  /** Unique in its saga, `^[A-Za-z0-9_-]{1,64}$`; also the name of its state. */
  id: string;
  service: string;
  action: string;
  /** Lies under the saga's data: the step calls `service.action({ ...input, ...data })`. */
  input: Record<string, unknown>;
  /** The service's action that undoes this one. */
  compensation?: string | undefined;
  /** For all tries of the step together, in ms. Default 30 000 (seed). */
  timeout?: number;
  /** Tries after the first. Default 0. */
  retries?: number;
}

/** A saga (seed: SagaDefinition). */
export interface SagaDefinition {
  id: string;
  name: string;
  /** At least one. */
  steps: SagaStep[];
  /** In ms, from the saga's start; looked at before each step. It never stops a compensation. */
  timeout: number;
}

const DEFAULT_STEP_TIMEOUT_MS = 30_000;

/** How long a step has, in ms: its own limit, and never more than the whole saga's. */
export function stepTimeout(saga: SagaDefinition, step: SagaStep): number {
  return Math.min(step.timeout ?? DEFAULT_STEP_TIMEOUT_MS, saga.timeout);
}
