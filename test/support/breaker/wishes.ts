import * as fc from 'fast-check';
import type { BreakerConfig } from '../../../functions/contracts/breaker.ts';
import type { BreakerRecord, Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  claimed,
  closedByHand,
  failed,
  openedByHand,
  probeFailed,
  probeSucceeded,
  UNTOUCHED,
} from '../../../functions/shared/platform/breaker/breaker-record.ts';

export const CONFIG: BreakerConfig = {
  failureThreshold: 3,
  successThreshold: 2,
  timeout: 30_000,
  monitoringPeriod: 10_000,
};

/** What is wanted of a breaker, by whom and when. */
export interface Wanted {
  kind: keyof typeof WISHES;
  by: string;
  now: number;
}

const WISHES = {
  claimed: ({ by, now }: Wanted) => claimed(by, now, 1000),
  failed: ({ now }: Wanted) => failed(now, CONFIG),
  probeFailed: ({ by, now }: Wanted) => probeFailed(by, now, CONFIG),
  probeSucceeded: ({ by, now }: Wanted) => probeSucceeded(by, now, CONFIG),
  openedByHand: ({ now, by }: Wanted) => openedByHand(now, `By ${by}.`),
  closedByHand: ({ now, by }: Wanted) => closedByHand(now, `By ${by}.`),
};

export function wishOf(wanted: Wanted): Wish {
  return WISHES[wanted.kind](wanted);
}

/**
 * Whatever is wanted by three environments, in whatever order: time goes on by steps that cross every limit at times, and each one's
 * clock is up to two seconds off.
 */
export const anyWishes: fc.Arbitrary<Wanted[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(WISHES) as (keyof typeof WISHES)[]), 'failed', 'claimed', 'probeSucceeded'),
      by: fc.constantFrom('a', 'b', 'c'),
      step: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 3000 }), fc.constantFrom(8000, 10_000, 30_000)),
      skew: fc.integer({ min: -1000, max: 1000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) => {
    let time = 1_000_000;
    return all.map(({ kind, by, step, skew }) => {
      time += step;
      return { kind: kind as Wanted['kind'], by, now: time + skew };
    });
  });

/** How a breaker stands after each of these, from the untouched one on, as a store would count its revisions. */
export function story(wishes: readonly Wanted[]): { wanted: Wanted; before: BreakerRecord; after: BreakerRecord }[] {
  let record = UNTOUCHED;
  return wishes.map((wanted) => {
    const before = record;
    const after = wishOf(wanted)(before);
    record = after === before ? before : { ...after, revision: before.revision + 1 };
    return { wanted, before, after: record };
  });
}

export function after(...wishes: Wish[]): BreakerRecord {
  return wishes.reduce((record, wish) => wish(record), UNTOUCHED);
}
