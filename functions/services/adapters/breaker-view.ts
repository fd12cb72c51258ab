import type { Breaker } from '../../contracts/api/service.ts';
import { breakerConfig } from '../../contracts/breaker.ts';
import { recentFailures, timestamp } from '../../shared/platform/breaker/breaker-record.ts';
import type { CallCounts, ServiceEntry } from '../../shared/platform/breaker/service-store.ts';

/** A breaker as the API shows it. */
export function breakerView(
  service: string,
  { registration, breaker }: ServiceEntry,
  { metrics, now }: { metrics: CallCounts; now: number },
): Breaker {
  const config = breakerConfig(service, registration?.breaker);
  const { state, failures, retryAt, transitions } = breaker;
  const openedAt = state === 'closed' ? undefined : transitions.find(({ to }) => to === 'open')?.at;
  const reason = transitions[0]?.reason;
  return {
    state,
    failures: state === 'closed' ? recentFailures(breaker, now, config).length : failures.length,
    ...(openedAt !== undefined && { openedAt: timestamp(openedAt) }),
    ...(retryAt !== undefined && { retryAt: timestamp(retryAt) }),
    ...(reason !== undefined && { reason }),
    config,
    metrics,
    transitions: transitions.map(({ at, ...turn }) => ({ at: timestamp(at), ...turn })),
  };
}
