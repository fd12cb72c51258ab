import { setTimeout as sleep } from 'node:timers/promises';

/** The time, and waiting for it. Unlike the breaker's, whoever sleeps here keeps his process alive: he has nothing else to wait for. */
export interface Clock {
  /** In ms since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };
