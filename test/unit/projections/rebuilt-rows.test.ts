import { describe, expect, it } from 'vitest';
import { compared, NO_ROWS, sumOf } from '../../../functions/projections/domain/rebuilt-rows.ts';

const row = (version: number, color = 'red') => ({ row: { color }, version });

describe('a rebuilt row beside the one that is read', () => {
  it.each([
    ['neither is there', undefined, undefined, {}],
    ['it alone is there', row(2), undefined, { written: 1, added: 1 }],
    ['it is missing', undefined, row(2), { older: 1 }],
    ['both are the same', row(2), row(2), { written: 1 }],
    ['their content differs', row(2, 'blue'), row(2), { written: 1, changed: 1 }],
    ['it knows less', row(1), row(2), { written: 1, older: 1 }],
    ['it knows less, and differs', row(1, 'blue'), row(2), { written: 1, older: 1 }],
    ['it knows more, and so differs', row(3, 'blue'), row(2), { written: 1 }],
  ])('where %s', (_when, rebuilt, read, counted) => {
    expect(compared(rebuilt, read)).toEqual({ ...NO_ROWS, ...counted });
  });

  it('is summed up with others', () => {
    const one = { written: 4, changed: 1, added: 2, older: 3 };
    expect(sumOf([one, NO_ROWS, { written: 10, changed: 20, added: 30, older: 40 }])).toEqual({
      ...{ written: 14, changed: 21, added: 32, older: 43 },
    });
    expect(sumOf([])).toEqual(NO_ROWS);
  });
});
