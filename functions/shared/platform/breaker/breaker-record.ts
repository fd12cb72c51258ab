import type { BreakerConfig, CircuitState } from '../../../contracts/breaker.ts';

/** One turn of a breaker. `at` in ms. */
export interface Transition {
  at: number;
  from: CircuitState;
  to: CircuitState;
  reason: string;
}

/** How a service's breaker stands; all that call the service share it. Times in ms since 1970. */
export interface BreakerRecord {
  state: CircuitState;
  /** How often it was written: two writers meet on it. */
  revision: number;
  /** How often it has turned: the version of its history in the event log. */
  version: number;
  /** When calls failed: of a closed breaker those that may still count, of an open one those that opened it. */
  failures: readonly number[];
  /** Calls that went well since it is half-open. */
  successes: number;
  /** When one call may try again; none where it was opened by hand. */
  retryAt?: number;
  /** Who may try now, and until when nobody else may. */
  probe?: { by: string; until: number };
  /** Newest first. */
  transitions: readonly Transition[];
}

/** A change that somebody wants; where there is nothing to do any more, it gives back the very record. */
export type Wish = (record: BreakerRecord) => BreakerRecord;

/** What a breaker is that nothing is known of. */
export const UNTOUCHED: BreakerRecord = {
  state: 'closed',
  revision: 0,
  version: 0,
  failures: [],
  successes: 0,
  transitions: [],
};

/** Clocks of environments differ by no more (design, "Breaker"). */
const CLOCK_SKEW_MS = 2000;

/** A right to try may be used so much later: the answer that gave it can come too late for the call that asked for it. */
const USED_WITHIN_MS = 5000;

const KEPT_TRANSITIONS = 20;

/** A time of the record as it is told outside: ISO 8601, UTC. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

export function recentFailures(
  { failures }: BreakerRecord,
  now: number,
  { monitoringPeriod }: BreakerConfig,
): number[] {
  return failures.filter((at) => at > now - monitoringPeriod);
}

/** Whether a call may go: at once, as the one that tries, or not at all. */
export function admission(record: BreakerRecord, by: string, now: number): 'pass' | 'probe' | 'reject' {
  if (record.state === 'closed') return 'pass';
  return record.probe?.by === by || mayProbe(record, now) ? 'probe' : 'reject';
}

/** Whether the right to try is theirs, for so long that nobody takes it over before a call of that length is done. */
export function holdsProbe({ probe }: BreakerRecord, by: string, now: number, callMs: number): boolean {
  return probe?.by === by && probe.until >= now + callMs + CLOCK_SKEW_MS;
}

function mayProbe({ state, retryAt, probe }: BreakerRecord, now: number): boolean {
  if (state === 'open') return retryAt !== undefined && retryAt <= now;
  return probe === undefined || probe.until <= now;
}

/** To be the one that tries, for so long as a call may take. */
export function claimed(by: string, now: number, callMs: number): Wish {
  return (record) => {
    if (admission(record, by, now) !== 'probe' || holdsProbe(record, by, now, callMs)) return record;
    // Who takes a probe over must be sure that its time is up by the clock of whoever holds it.
    const probe = { by, until: now + USED_WITHIN_MS + callMs + CLOCK_SKEW_MS };
    if (record.state === 'half-open') return { ...record, probe };
    return { ...turned(record, 'half-open', now, 'The time to try again has come.'), probe };
  };
}

/** A call failed that was let through as any other. */
export function failed(now: number, config: BreakerConfig): Wish {
  return (record) => {
    if (record.state !== 'closed') return record;
    const failures = [...recentFailures(record, now, config), now];
    if (failures.length < config.failureThreshold) return { ...record, failures };
    const reason = `${failures.length} calls failed within ${config.monitoringPeriod} ms.`;
    return { ...turned(record, 'open', now, reason), failures, retryAt: now + config.timeout };
  };
}

/** The call failed that was to try. */
export function probeFailed(by: string, now: number, config: BreakerConfig): Wish {
  return (record) => {
    if (record.probe?.by !== by) return record;
    return {
      ...turned(record, 'open', now, 'The call that tried failed.'),
      failures: [now],
      retryAt: now + config.timeout,
    };
  };
}

/** The call went well that was to try. */
export function probeSucceeded(by: string, now: number, config: BreakerConfig): Wish {
  return (record) => {
    if (record.probe?.by !== by) return record;
    const successes = record.successes + 1;
    if (successes >= config.successThreshold)
      return turned(record, 'closed', now, `${successes} calls in a row went well.`);
    const { probe: _, ...rest } = record;
    return { ...rest, successes };
  };
}

/** Somebody opens it; it stays so until somebody closes it. */
export function openedByHand(now: number, reason: string): Wish {
  return (record) => {
    const isSo = record.state === 'open' && record.retryAt === undefined && record.transitions[0]?.reason === reason;
    return isSo ? record : turned(record, 'open', now, reason);
  };
}

export function closedByHand(now: number, reason: string): Wish {
  return (record) => (record.state === 'closed' ? record : turned(record, 'closed', now, reason));
}

/** Whatever belonged to the state before is gone. Clocks differ; the time of turns never steps back for that. */
function turned(
  { state, revision, version, transitions }: BreakerRecord,
  to: CircuitState,
  now: number,
  reason: string,
): BreakerRecord {
  const at = Math.max(now, transitions[0]?.at ?? 0);
  return {
    state: to,
    revision,
    version: version + 1,
    failures: [],
    successes: 0,
    transitions: [{ at, from: state, to, reason }, ...transitions].slice(0, KEPT_TRANSITIONS),
  };
}
