import { setTimeout as sleep } from 'node:timers/promises';

/** The time, and waiting for it. Drills play it. */
export interface Clock {
  /** In ms since 1970. */
  now(): number;
  /** Ends early, without an error, where the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(unlessAborted),
};

function unlessAborted(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}
