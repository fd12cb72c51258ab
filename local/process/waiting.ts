import { setTimeout as sleep } from 'node:timers/promises';

/** How often to look, and for how long, in milliseconds. */
type Waiting = { everyMs: number; limitMs: number; signal?: AbortSignal };

/** Rejects with the reason of the abort, as soon as there is one: for work that can't be told to stop. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Looks until there is something, and answers it, or undefined when the time is over. Rejects when the signal aborts. */
export async function waitFor<T>(
  look: () => T | undefined | Promise<T | undefined>,
  { everyMs, limitMs, signal = new AbortController().signal }: Waiting,
): Promise<T | undefined> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined || performance.now() > deadline) return found;
    await untilAborted(sleep(everyMs), signal);
  }
}
