import * as z from 'zod';

export const CircuitState = z.enum(['closed', 'open', 'half-open']);
export type CircuitState = z.infer<typeof CircuitState>;

/** When a breaker opens, and how it closes again (seed: CircuitBreakerConfig). */
export const BreakerConfig = z
  .strictObject({
    failureThreshold: z.int().min(1).max(1000).meta({ description: 'It opens at so many failures,' }),
    successThreshold: z.int().min(1).max(100).meta({ description: 'Calls that must go well before it closes again.' }),
    timeout: z.int().min(100).max(86_400_000).meta({ description: 'How long it stays open, in ms.' }),
    monitoringPeriod: z.int().min(100).max(3_600_000).meta({ description: 'counted over so many ms.' }),
  })
  .meta({ id: 'BreakerConfig' });
export type BreakerConfig = z.infer<typeof BreakerConfig>;

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

/** What was said at a service's registration, above what the seed says of its name, above the defaults. */
export function breakerConfig(service: string, registered: BreakerOverrides = {}): BreakerConfig {
  const said = Object.entries(registered).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...OVERRIDES.get(service), ...Object.fromEntries(said) };
}

/** Any of the four may be left out. */
export const BreakerOverrides = BreakerConfig.partial().meta({ id: 'BreakerOverrides' });
export type BreakerOverrides = z.infer<typeof BreakerOverrides>;
