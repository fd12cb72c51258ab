/** Whether these are the long drills: `npm run test:drills`. */
export const isDrill = process.env.MAOS_DRILLS === '1';

/** Runs of one property test: few in `npm test`, many in the long drills. */
export function runs(): number {
  return isDrill ? 1000 : 50;
}

/** For `it`: long enough for the long drills, and for fast-check to find the smallest case and say its seed. */
export const DRILL = { timeout: 300_000 };

/** Numbers from 0 to below 1 that a seed repeats (mulberry32), for faults that a failed test must be able to show again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
