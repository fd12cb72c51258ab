import { expect, it } from 'vitest';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each(['a', '2026-08-19T10:00:00.000Z#agent_1', 'Ж🦊"\\'])('leads back to the place %j', (at) => {
  expect(placeOf(cursorTo('list', { id: '1', at }), 'list', ['id', 'at'])).toStrictEqual({ id: '1', at });
});

it.each([
  ['of another list', cursorTo('other', { at: 'a' })],
  ['by another key', cursorTo('list', { id: 'a' })],
  ['by more than the key', cursorTo('list', { at: 'a', id: 'a' })],
  ['that is a word', 'garbage'],
  ['that is no base64', '!!!'],
  ['that is null', encoded(null)],
  ['that is an object', encoded({ 0: 'list', 1: { at: 'a' } })],
  ['that leads nowhere', encoded(['list'])],
  ['that leads to a word', encoded(['list', 'at'])],
  ['that leads to nothing', encoded(['list', { at: '' }])],
  ['that leads to a number', encoded(['list', { at: 1 }])],
  ['that is longer than any key', cursorTo('list', { at: 'a'.repeat(1025) })],
])('refuses a cursor %s', (_what, cursor) => {
  expect(() => placeOf(cursor, 'list', ['at'])).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_ERROR',
      details: [{ path: 'cursor', message: 'was not given by this list' }],
    }),
  );
});
