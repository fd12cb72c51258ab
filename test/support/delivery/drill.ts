import { expect, it, onTestFinished, vi } from 'vitest';
import { DRILL, isDrill, runs } from '../seeds.ts';
import { Tally } from './tally.ts';

export interface Drill {
  /** Seeds that found something once. */
  regressions: readonly number[];
  /** What has to go wrong at least once over all seeds, or the drill has shown nothing. */
  faults: readonly string[];
}

/**
 * A test that is played with many seeds, each time others. One that fails names its seed: `MAOS_SEED=<seed>` plays just that one again,
 * and in `regressions` it is kept.
 */
export function drill(
  name: string,
  { regressions, faults }: Drill,
  play: (seed: number, tally: Tally) => Promise<void>,
) {
  it(name, DRILL, async () => {
    onTestFinished(backToNormal);
    const tally = new Tally();
    const seeds = ONLY === undefined ? [...regressions, ...newSeeds()] : [Number(ONLY)];
    for (const seed of seeds) await play(seed, tally).catch((error: Error) => withSeed(error, seed));
    if (ONLY === undefined) expect(faults.filter((fault) => tally.of(fault) === 0)).toEqual([]);
    if (isDrill) console.info(`${seeds.length} seeds, ${expect.getState().assertionCalls} checks; ${tally}`);
  });
}

const ONLY = process.env.MAOS_SEED;

function newSeeds(): number[] {
  const first = Math.floor(Math.random() * 1_000_000_000);
  return Array.from({ length: runs() }, (_, index) => first + index);
}

function withSeed(error: Error, seed: number): never {
  error.message = `Seed ${seed} (again: MAOS_SEED=${seed}): ${error.message}`;
  throw error;
}

function backToNormal(): void {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
}
