import * as z from 'zod';
import type { BreakerConfig as Config } from '../breaker.ts';
import { CIRCUIT_STATES } from '../breaker.ts';
import { SERVICE_NAME } from '../services.ts';

const Name = z.string().regex(SERVICE_NAME, 'must be 1 to 64 letters, digits, "_" or "-"');
export const ServiceName = Name;
export const OperationName = Name;

export const CircuitState = z.enum(CIRCUIT_STATES);

export const BreakerConfig = z
  .strictObject({
    failureThreshold: z.int().min(1).max(1000).meta({ description: 'It opens at so many failures,' }),
    successThreshold: z.int().min(1).max(100).meta({ description: 'Calls that must go well before it closes again.' }),
    timeout: z.int().min(100).max(86_400_000).meta({ description: 'How long it stays open, in ms.' }),
    monitoringPeriod: z.int().min(100).max(3_600_000).meta({ description: 'counted over so many ms.' }),
  })
  .meta({ id: 'BreakerConfig' }) satisfies z.ZodType<Config>;

/** Any of the four may be left out. */
export const BreakerOverrides = BreakerConfig.partial().meta({ id: 'BreakerOverrides' });
