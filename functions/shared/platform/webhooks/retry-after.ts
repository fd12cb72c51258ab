/** Whoever asks for more is asked again after a day. */
const MAX_MS = 24 * 3600 * 1000;

const SECONDS = /^\d+$/;
/** The three forms of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const DATE = /^[A-Z][a-z]{2,8},? [\w :-]+$/;

/**
 * How long a receiver wants to be left alone (RFC 9110, 10.2.3).
 *
 * @param value seconds, or a date
 * @param now in ms since 1970
 * @returns ms, at most a day; 0 for a date that has passed, and for what says neither
 */
export function retryAfterMs(value: string | undefined, now: number): number {
  const text = value?.trim() ?? '';
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, MAX_MS);
  const at = DATE.test(text) ? dateOf(text) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at - now, 0), MAX_MS);
}

/** The oldest form names no zone, and means GMT too. */
function dateOf(text: string): number {
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
