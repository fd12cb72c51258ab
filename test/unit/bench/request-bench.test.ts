import { describe, expect, it } from 'vitest';
import { quantiles } from '../../../bench/request-bench.ts';

describe('the quantiles of what was measured', () => {
  it.each([
    [[5], { p50: 5, p95: 5 }],
    [[4, 1, 3, 2], { p50: 2, p95: 4 }],
    [Array.from({ length: 100 }, (_, index) => 100 - index), { p50: 50, p95: 95 }],
  ])('are values that were measured', (times, expected) => {
    expect(quantiles(times)).toEqual(expected);
  });

  it('are none where nothing was', () => {
    expect(quantiles([])).toEqual({ p50: Number.NaN, p95: Number.NaN });
  });
});
