import type { BreakerOverrides } from '../../../functions/contracts/breaker.ts';
import type { ServiceRegistration } from '../../../functions/shared/platform/breaker/service-store.ts';

const NOW = '2026-08-19T10:00:00.000Z';

/** A service that was registered with these numbers for its breaker. */
export function registrationOf(name: string, breaker: BreakerOverrides): ServiceRegistration {
  const endpoint = 'https://service.example';
  return { name, endpoint, healthPath: '/health', breaker, createdAt: NOW, updatedAt: NOW };
}
