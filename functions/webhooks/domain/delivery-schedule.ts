import type { DeliveryAttempt } from '../../contracts/api/webhook.ts';

/** What came of one try. */
export interface TryOutcome {
  attempt: DeliveryAttempt;
  delivered: boolean;
  /** The receiver said that nothing will ever be taken there. */
  gone: boolean;
  /** So long it wants to be left alone, in ms. */
  retryAfterMs: number;
}

export interface Schedule {
  /** The first one comes after the first try; after the last one a message is given up. */
  delaysSeconds: readonly number[];
  /** From 0 to below 1. */
  random: () => number;
}

type Verdict = { status: 'delivered' } | { status: 'pending'; waitMs: number } | { status: 'exhausted' };

/** Messages that failed together come apart by that. */
const JITTER = 0.2;

/**
 * What is to be done after a try.
 *
 * @param tries with this one, since it was given or replayed
 */
export function afterTry(outcome: TryOutcome, tries: number, { delaysSeconds, random }: Schedule): Verdict {
  if (outcome.delivered) return { status: 'delivered' };
  const delay = delaysSeconds[tries - 1];
  if (outcome.gone || delay === undefined) return { status: 'exhausted' };
  const jittered = delay * 1000 * (1 - JITTER + 2 * JITTER * random());
  return { status: 'pending', waitMs: Math.max(jittered, outcome.retryAfterMs) };
}
