import type { DeliveryAttempt } from './api/webhook.ts';

/** What came of one try. */
export interface TryOutcome {
  attempt: DeliveryAttempt;
  delivered: boolean;
  /** The receiver said that nothing will ever be taken there. */
  gone: boolean;
  /** So long it wants to be left alone, in ms. */
  retryAfterMs: number;
}
