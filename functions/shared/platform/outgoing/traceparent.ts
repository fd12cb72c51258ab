import { randomBytes } from 'node:crypto';

/** As AWS X-Ray tells a Lambda where it stands in a trace. */
const XRAY = /^Root=1-([\da-f]{8})-([\da-f]{24});Parent=([\da-f]{16})(?:;Sampled=([01]))?(?:;|$)/;

/**
 * The header that carries our trace on to a service (W3C Trace Context, version 00). Outside of Lambda nothing is traced, so it begins a
 * trace that is not recorded.
 */
export function traceparent(): string {
  const [, seconds, random, parent, sampled = '0'] = XRAY.exec(process.env._X_AMZN_TRACE_ID ?? '') ?? [];
  if (parent === undefined) return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  return `00-${seconds}${random}-${parent}-0${sampled}`;
}
