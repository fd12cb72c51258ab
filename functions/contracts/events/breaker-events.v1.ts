import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';
import type { CircuitState } from '../breaker.ts';

interface Turned {
  service: string;
  from: CircuitState;
  reason: string;
}

/** Calls of the service are refused from here on: it failed too often, or somebody wanted it. */
export interface BreakerOpened {
  type: 'BreakerOpened';
  /** `retryAt` (ISO 8601): when one call may try again; none where it was opened by hand. */
  data: Turned & { retryAt?: string };
}

/** One call at a time tries whether the service is back. */
export interface BreakerHalfOpened {
  type: 'BreakerHalfOpened';
  data: Turned;
}

/** Calls go through again. */
export interface BreakerClosed {
  type: 'BreakerClosed';
  data: Turned;
}

/** Everything that can happen to the breaker of a service, in its newest form. */
export type BreakerEvent = BreakerOpened | BreakerHalfOpened | BreakerClosed;

export const breakerEvents: EventContract<BreakerEvent> = eventContract<BreakerEvent>({
  BreakerOpened: true,
  BreakerHalfOpened: true,
  BreakerClosed: true,
});
