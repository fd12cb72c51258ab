import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts } from '../../../functions/shared/kernel/projection.ts';
import { countChanges } from '../../../functions/shared/kernel/projection.ts';
import { DRILL, runs } from '../../support/seeds.ts';

/** `__proto__` too: it is the name of a task type that the API takes. */
const names = fc.constantFrom('a', 'b', 'constructor', '__proto__');
const anyCounts: fc.Arbitrary<Counts> = fc
  .array(fc.tuple(names, names, fc.integer({ min: 1, max: 3 })), { maxLength: 5 })
  .map((entries) => {
    const keys = Map.groupBy(entries, ([key]) => key);
    return Object.fromEntries(
      Array.from(keys, ([key, own]) => [key, Object.fromEntries(own.map(([, field, amount]) => [field, amount]))]),
    );
  });

const flat = (counts: Counts): Map<string, number> =>
  new Map(
    Object.entries(counts).flatMap(([key, amounts]) =>
      Object.entries(amounts).map(([field, by]) => [`${key} ${field}`, by] as const),
    ),
  );

describe('what leads from counts to others', () => {
  it.each<[string, Counts, Counts, Counts]>([
    ['begins', {}, { a: { x: 1 } }, { a: { x: 1 } }],
    ['ends', { a: { x: 1 } }, {}, { a: { x: -1 } }],
    ['moves in a key', { a: { x: 1 } }, { a: { y: 1 } }, { a: { x: -1, y: 1 } }],
    ['moves to another key', { a: { x: 1 } }, { b: { x: 1 } }, { a: { x: -1 }, b: { x: 1 } }],
    ['grows', { a: { x: 1 } }, { a: { x: 3 } }, { a: { x: 2 } }],
    ['stays', { a: { x: 1 }, b: { y: 2 } }, { b: { y: 2 }, a: { x: 1 } }, {}],
    ['is none', {}, {}, {}],
  ])('is their difference where it %s', (_what, before, after, changes) => {
    expect(countChanges(before, after)).toEqual(changes);
  });

  it('added to the ones is the others, and holds no amount that stays', DRILL, () => {
    void fc.assert(
      fc.property(anyCounts, anyCounts, (before, after) => {
        const sums = flat(before);
        for (const [name, by] of flat(countChanges(before, after))) {
          expect(by).not.toBe(0);
          sums.set(name, (sums.get(name) ?? 0) + by);
        }
        const left = [...sums].filter(([, amount]) => amount !== 0);
        expect(new Map(left)).toEqual(flat(after));
      }),
      { numRuns: 10 * runs() },
    );
  });
});
