import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ServiceHealth } from '../../contracts/api/service.ts';
import type { HealthCall } from '../../contracts/sagas/saga-calls.ts';
import type { BuiltInService } from '../../contracts/services.ts';
import { isBuiltIn } from '../../contracts/services.ts';
import type { ServiceEntry } from '../../shared/platform/breaker/service-store.ts';

/** Asks services themselves. Rejects where one is not well, or does not say so in time. */
export interface HealthChecks {
  builtIn(service: BuiltInService): Promise<void>;
  http(service: NonNullable<ServiceEntry['registration']>): Promise<void>;
}

/** How a service is (seed: getServiceHealth). One whose breaker is open is not asked. No outcome counts for the breaker. */
export async function serviceHealth(
  checks: HealthChecks,
  serviceName: string,
  { registration, breaker }: ServiceEntry,
): Promise<ServiceHealth> {
  const health = (status: ServiceHealth['status'], circuitBreakerState: ServiceHealth['circuitBreakerState']) => ({
    serviceName,
    status,
    circuitBreakerState,
    lastCheck: new Date().toISOString(),
  });
  const check = checkOf(checks, serviceName, registration);
  if (check === undefined) return health('unknown', 'unknown');
  if (breaker.state === 'open') return health('unhealthy', 'open');
  const isWell = await check().then(
    () => true,
    () => false,
  );
  return health(isWell ? 'healthy' : 'unhealthy', breaker.state);
}

function checkOf(checks: HealthChecks, name: string, registration: ServiceEntry['registration']) {
  if (isBuiltIn(name)) return () => checks.builtIn(name);
  return registration && (() => checks.http(registration));
}

/** A function that starts first needs seconds. */
const WAIT_MS = 10_000;

/** Asks the functions of the built-in services, which look whether they can do their work. */
export function builtInHealth(arns: Record<BuiltInService, string>): HealthChecks['builtIn'] {
  const client = new LambdaClient({});
  const call: HealthCall = { do: 'health' };
  return async (service) => {
    const { FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: arns[service], Payload: JSON.stringify(call) }),
      { abortSignal: AbortSignal.timeout(WAIT_MS) },
    );
    if (FunctionError !== undefined) throw new Error(`${service} is not well: ${FunctionError}`);
  };
}
