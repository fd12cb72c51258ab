import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import Opossum from 'opossum';
import { ENV } from '../functions/contracts/env.ts';
import { metered } from '../functions/shared/platform/metered.ts';
import { breakerOver, countedDynamo, work } from './breaker-requests.ts';
import type { Comparison } from './breaker-rounds.ts';
import { compare } from './breaker-rounds.ts';

/** What a call through our closed breaker takes over what it takes otherwise. */
export interface BreakerTimes {
  /** Calls of a contender in one turn, and rounds of four turns. */
  calls: number;
  rounds: number;
  /** No breaker over itself: what differs here is the machine. */
  noise: Comparison;
  /** `target`: at most so much of theirs. */
  peers: { name: string; target?: number; comparison: Comparison }[];
  /** The metric of each call, which is told with or without a breaker, over no metric; where it goes is not measured. */
  metric: Comparison;
}

/** In one process, one after the other: the closed path asks nobody, so there is no cloud to be fair about. */
export async function breakerTimes({ calls, rounds }: { calls: number; rounds: number }): Promise<BreakerTimes> {
  const ours = breakerOver(countedDynamo().client, () => Date.now());
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
  const opossum = new Opossum(work);
  const over = (one: () => Promise<unknown>, other: () => Promise<unknown>, times = calls) =>
    compare({ one, other }, { calls: times, rounds });
  try {
    return {
      calls,
      rounds,
      noise: await over(work, work),
      peers: [
        { name: 'no breaker', comparison: await over(ours, work) },
        { name: 'cockatiel, consecutive', target: 1.3, comparison: await over(ours, () => cockatiel.execute(work)) },
        { name: 'opossum, its defaults', target: 0.25, comparison: await over(ours, () => opossum.fire()) },
      ],
      metric: await withSilentMetrics(() => over(() => metered({ operation: 'work' }, work), work, calls / 10)),
    };
  } finally {
    opossum.shutdown();
  }
}

/** Metrics that are made and printed nowhere. */
async function withSilentMetrics<Result>(run: () => Promise<Result>): Promise<Result> {
  const set: Record<string, string> = { [ENV.stage]: 'bench', POWERTOOLS_METRICS_DISABLED: 'true' };
  const before = Object.keys(set).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, set);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
