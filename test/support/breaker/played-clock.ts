import type { Clock } from '../../../functions/shared/platform/breaker/clock.ts';
import type { VirtualClock } from '../delivery/virtual-clock.ts';

/** The clock of an environment that is set so much too early or too late, in ms. It goes as fast as the virtual one. */
export function playedClock(time: VirtualClock, offsetMs = 0): Clock {
  return {
    now: () => time.now + offsetMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        time.in(ms, resolve);
      }),
  };
}
