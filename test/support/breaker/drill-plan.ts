import type { BreakerConfig } from '../../../functions/contracts/breaker.ts';
import type { Weather } from './store-weather.ts';

export const SERVICE = 'drilled-service';
export const ENVIRONMENTS = 20;
export const CONFIG: BreakerConfig = {
  failureThreshold: 5,
  successThreshold: 2,
  timeout: 5000,
  monitoringPeriod: 10_000,
};

/** How long a call takes at most. */
export const CALL_MS = 1000;

/** Everything in ms from the beginning. */
export interface DrillPlan {
  /** What each environment's clock shows too much. */
  skews: number[];
  /** When the service is down. */
  down: { from: number; until: number };
  /** How the store gets. */
  changes: { at: number; weather: Weather }[];
  /** When both are well again. */
  wellAt: number;
}

const SKEW_MS = 2000;
const WARM_MS = 4000;
const SERVICE_DOWN_MS = 30_000;
const STORE_DOWN_MS = 10_000;
const STORE_SLOW_MS = 2000;

/**
 * The store's troubles begin at any moment of the service's, or a little before or after; half of them in the moment that counts, when
 * calls begin to fail, the breaker opens, and not everybody knows.
 */
export function planOf(random: () => number): DrillPlan {
  const from = WARM_MS + 2000 * random();
  const down = { from, until: from + SERVICE_DOWN_MS };
  const trouble = (weather: Weather, ms: number) => {
    const start = random() < 0.5 ? from + 1500 * random() : from - 2000 + (SERVICE_DOWN_MS + 2000) * random();
    return { weather, from: start, until: start + ms };
  };
  const outage = trouble(random() < 0.7 ? 'down' : 'hanging', STORE_DOWN_MS);
  const slowness = trouble('slow', STORE_SLOW_MS);
  const troubles = [outage, slowness];
  const weatherAt = (at: number) => troubles.find((one) => at >= one.from && at < one.until)?.weather ?? 'well';
  const moments = troubles.flatMap((one) => [one.from, one.until]).sort((a, b) => a - b);
  return {
    skews: Array.from({ length: ENVIRONMENTS }, () => SKEW_MS * (random() - 0.5)),
    down,
    changes: moments.map((at) => ({ at, weather: weatherAt(at) })),
    wellAt: Math.max(down.until, outage.until, slowness.until),
  };
}
