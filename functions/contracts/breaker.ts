export const CIRCUIT_STATES = ['closed', 'open', 'half-open'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** When a breaker opens, and how it closes again (seed: CircuitBreakerConfig). Times in ms. */
export interface BreakerConfig {
  /** It opens at so many failures, */
  failureThreshold: number;
  /** Calls that must go well before it closes again. */
  successThreshold: number;
  /** How long it stays open. */
  timeout: number;
  /** counted over so long. */
  monitoringPeriod: number;
}

/** seed: getCircuitBreakerConfig. */
const DEFAULTS: BreakerConfig = {
  failureThreshold: 5,
  successThreshold: 2,
  timeout: 60_000,
  monitoringPeriod: 10_000,
};

/** Agents may stumble, and come back soon; storage that fails is serious (seed: serviceConfigs). */
const OVERRIDES = new Map<string, Partial<BreakerConfig>>([
  ['agent-service', { failureThreshold: 10, timeout: 30_000 }],
  ['storage-service', { failureThreshold: 3, timeout: 120_000 }],
  ['external-api', { failureThreshold: 5, timeout: 30_000 }],
]);

/** What was said of a breaker at its service's registration. */
export type BreakerOverrides = { [Setting in keyof BreakerConfig]?: number | undefined };

/** What was said at a service's registration, above what the seed says of its name, above the defaults. */
export function breakerConfig(service: string, registered: BreakerOverrides = {}): BreakerConfig {
  const said = Object.entries(registered).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...OVERRIDES.get(service), ...Object.fromEntries(said) };
}
