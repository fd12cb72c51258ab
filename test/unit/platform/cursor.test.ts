import { expect, it } from 'vitest';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each(['a', '2026-08-19T10:00:00.000Z#agent_1', 'Ж🦊"\\'])('leads back to the place %j', (place) => {
  expect(placeOf(cursorTo('list', place), 'list')).toBe(place);
});

it.each([
  ['of another list', cursorTo('other', 'a')],
  ['that is a word', 'garbage'],
  ['that is no base64', '!!!'],
  ['that is null', encoded(null)],
  ['that is an object', encoded({ 0: 'list', 1: 'a' })],
  ['that leads nowhere', encoded(['list'])],
  ['that leads to nothing', encoded(['list', ''])],
  ['that leads to a number', encoded(['list', 1])],
  ['that is longer than any key', cursorTo('list', 'a'.repeat(1025))],
])('refuses a cursor %s', (_what, cursor) => {
  expect(() => placeOf(cursor, 'list')).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_ERROR',
      details: [{ path: 'cursor', message: 'was not given by this list' }],
    }),
  );
});
