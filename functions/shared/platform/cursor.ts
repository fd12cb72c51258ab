import { invalid } from '../kernel/errors.ts';

/** DynamoDB errs at a sort key that is longer or empty, which only a forged cursor can hold. */
const MAX_SORT_BYTES = 1024;

/** An opaque cursor to what comes behind a place. The list goes along, so that no other list takes it for its own. */
export function cursorTo(list: string, place: string): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

/** @throws VALIDATION_ERROR where this list has not given the cursor. */
export function placeOf(cursor: string, list: string): string {
  const [from, place] = decoded(cursor);
  const isSortKey = typeof place === 'string' && place !== '' && Buffer.byteLength(place) <= MAX_SORT_BYTES;
  if (from === list && isSortKey) return place;
  throw invalid([{ path: 'cursor', message: 'was not given by this list' }]);
}

function decoded(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    // Not JSON: the same answer as for every other cursor that this list did not give.
    return [];
  }
}
