import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PagedCommit } from '../../../functions/projections/domain/page-groups.ts';
import { pageGroups } from '../../../functions/projections/domain/page-groups.ts';
import { DRILL, runs } from '../../support/seeds.ts';

const commit = (aggregateId: string, version: number, lastVersion = version): PagedCommit => ({
  aggregateId,
  version,
  lastVersion,
});
const wholeOnes = (page: readonly PagedCommit[]) =>
  pageGroups(page).flatMap(({ aggregateId, isWhole }) => (isWhole ? [aggregateId] : []));

describe('a page of the log', () => {
  it('is parted by aggregates, in its order', () => {
    const page = [commit('b', 1), commit('b', 2), commit('a', 1)];
    expect(pageGroups(page)).toEqual([
      { aggregateId: 'b', commits: page.slice(0, 2), isWhole: true },
      { aggregateId: 'a', commits: page.slice(2), isWhole: false },
    ]);
    expect(pageGroups([])).toEqual([]);
  });

  it.each([
    ['begin in the middle', [commit('a', 2)]],
    ['have a gap', [commit('a', 1), commit('a', 3)]],
    ['have a gap behind a commit of many events', [commit('a', 1, 3), commit('a', 5)]],
  ])('has no whole aggregate in commits that %s', (_what, commits) => {
    expect(wholeOnes([...commits, commit('b', 1)])).toEqual([]);
  });

  it('has one in commits of many events without a gap', () => {
    expect(wholeOnes([commit('a', 1, 3), commit('a', 4, 4), commit('a', 5, 9), commit('b', 1)])).toEqual(['a']);
  });

  const lengths = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }), { maxLength: 8 });
  it('takes for whole only what is whole, wherever it is cut out of the log', DRILL, () => {
    let whole = 0;
    void fc.assert(
      fc.property(lengths, fc.nat(), fc.nat(), (aggregates, from, size) => {
        const log = aggregates.flatMap((sizes, index) => commitsOf(`a${index}`, sizes));
        const start = from % (log.length + 1);
        const page = log.slice(start, start + (size % (log.length + 1)));
        for (const aggregateId of wholeOnes(page)) {
          whole += 1;
          const own = ({ aggregateId: id }: PagedCommit) => id === aggregateId;
          expect(page.filter(own)).toEqual(log.filter(own));
        }
      }),
      { numRuns: 10 * runs() },
    );
    expect(whole).toBeGreaterThan(0);
  });
});

/** An aggregate's commits with so many events each. */
function commitsOf(aggregateId: string, sizes: readonly number[]): PagedCommit[] {
  let last = 0;
  return sizes.map((size) => {
    const version = last + 1;
    last += size;
    return commit(aggregateId, version, last);
  });
}
