import { invalid } from '../kernel/errors.ts';

/** DynamoDB errs at a key that is longer or empty, which only a forged cursor can hold. */
const MAX_KEY_BYTES = 1024;

/** An opaque cursor to what comes behind a place, told by its key. The list goes along, so that no other list takes it for its own. */
export function cursorTo(list: string, place: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

/** @throws VALIDATION_ERROR where this list has not given the cursor. */
export function placeOf<Key extends string>(cursor: string, list: string, keys: readonly Key[]): Record<Key, string> {
  const [from, place] = decoded(cursor);
  const parts = Object.entries(place ?? {});
  const isKey =
    parts.length === keys.length && keys.every((key) => parts.some(([name, part]) => name === key && fits(part)));
  if (from === list && isKey) return Object.fromEntries(parts) as Record<Key, string>;
  throw invalid([{ path: 'cursor', message: 'was not given by this list' }]);
}

/** The list that gave a cursor, as far as it is one of ours; empty otherwise. */
export function listOfCursor(cursor: string): string {
  const [list] = decoded(cursor);
  return typeof list === 'string' ? list : '';
}

function fits(part: unknown): boolean {
  return typeof part === 'string' && part !== '' && Buffer.byteLength(part) <= MAX_KEY_BYTES;
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
