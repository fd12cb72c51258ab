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

function wishOf(wanted: Wanted): Wish {
  return WISHES[wanted.kind](wanted);
}

const anyKind = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<Wanted['kind']>('failed', 'claimed') },
  { weight: 5, arbitrary: fc.constant<Wanted['kind']>('probeSucceeded') },
  { weight: 1, arbitrary: fc.constantFrom<Wanted['kind']>('probeFailed', 'openedByHand', 'closedByHand') },
);

/** Mostly a moment, and at times as long as it takes to cross a limit. */
const anyStep = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 2000 }) },
  { weight: 2, arbitrary: fc.constantFrom(8000, 10_000, 30_000) },
);

/** Whatever is wanted by two environments, in whatever order, while each one's clock is up to a second off. */
export const anyWishes: fc.Arbitrary<Wanted[]> = fc
  .array(
    fc.record({
      kind: anyKind,
      by: fc.constantFrom('a', 'b'),
      step: anyStep,
      skew: fc.integer({ min: -1000, max: 1000 }),
    }),
    { minLength: 1, maxLength: 80, size: 'max' },
  )
  .map((all) => {
    let time = 1_000_000;
    return all.map(({ kind, by, step, skew }) => {
      time += step;
      return { kind, by, now: time + skew };
    });
  });

/** One wish and what it made of a breaker. */
export interface Step {
  wanted: Wanted;
  before: BreakerRecord;
  after: BreakerRecord;
}

/** The story of a breaker from its beginning. Nobody may change a record that another holds. */
export function story(wishes: readonly Wanted[]): Step[] {
  let record = UNTOUCHED;
  return wishes.map((wanted) => {
    const before = record;
    record = wishOf(wanted)(before);
    Object.freeze(record);
    Object.freeze(record.failures);
    Object.freeze(record.transitions);
    return { wanted, before, after: record };
  });
}

export function after(...wishes: Wish[]): BreakerRecord {
  return wishes.reduce((record, wish) => wish(record), UNTOUCHED);
}
