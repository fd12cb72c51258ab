import type { TryOutcome } from '../../contracts/webhook-outcome.ts';

export interface Schedule {
  /** The first one comes after the first try; after the last one a message is given up, unless `maxTries` says when. */
  delaysSeconds: readonly number[];
  /** Of a message whose receiver has said how often it is to be tried; the last delay comes again then. */
  maxTries?: number | undefined;
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
export function afterTry(outcome: TryOutcome, tries: number, schedule: Schedule): Verdict {
  if (outcome.delivered) return { status: 'delivered' };
  const { delaysSeconds, maxTries = delaysSeconds.length + 1, random } = schedule;
  const delay = delaysSeconds[tries - 1] ?? delaysSeconds.at(-1);
  if (outcome.gone || tries >= maxTries || delay === undefined) return { status: 'exhausted' };
  const jittered = delay * 1000 * (1 - JITTER + 2 * JITTER * random());
  return { status: 'pending', waitMs: Math.max(jittered, outcome.retryAfterMs) };
}
