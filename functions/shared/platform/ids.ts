import { hash, randomBytes } from 'node:crypto';
import { ulid, uuidToULID } from 'ulid';

/** What an id is of. */
export type IdPrefix = 'task' | 'corr' | 'agent' | 'lease' | 'test' | 'req' | 'msg' | 'saga' | 'evt' | 'sub';

/** `task_01J…`: a prefix that says what it is, and a ULID, so that ids sort by the time they were made. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid()}`;
}

/**
 * The id that these parts lead to, each time anew: the first 128 bits of their SHA-256 in the form of a ULID. It tells no time, so
 * it does not sort by one.
 */
export function derivedId(prefix: IdPrefix | 'idem' | 'letter' | 'cmd', parts: readonly string[]): string {
  const hex = hash('sha256', JSON.stringify([prefix, ...parts]));
  return `${prefix}_${uuidToULID(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'))}`;
}

/**
 * The id that AWS X-Ray gave this invocation, so that an event leads to its trace; a new one of the same form outside Lambda.
 * Form: `1-<8 hex: unix seconds>-<24 hex>` (X-Ray developer guide, "Trace ID format").
 */
export function currentTraceId(): string {
  const root = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
  if (root !== undefined) return root;
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}
