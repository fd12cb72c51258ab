import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';

/** `task_01J…`: a prefix that says what it is, and a ULID, so that ids sort by the time they were made. */
export function newId(prefix: 'task' | 'corr'): string {
  return `${prefix}_${ulid()}`;
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
