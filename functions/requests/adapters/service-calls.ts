import { AppError } from '../../shared/kernel/errors.ts';
import type { CircuitBreaker } from '../../shared/platform/breaker/circuit-breaker.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { ServiceRequest } from '../../shared/platform/outgoing/http-service.ts';
import type { RequestRecord } from '../domain/request.ts';

export interface ServiceCallPorts {
  store: Pick<ServiceStore, 'find'>;
  breaker: Pick<CircuitBreaker, 'call' | 'entry'>;
  /** Calls an operation of an HTTP service. */
  call(request: ServiceRequest): Promise<unknown>;
}

/** One try of what a request asks for: gives the service's answer, or throws why there is none. */
export type Try = (payload: unknown) => Promise<unknown>;

/** Finds out where a request goes. What fails here is no failure of a try: nothing was begun yet. */
export type PrepareTry = (request: RequestRecord) => Promise<Try>;

/** Tries through the service's breaker, all under one idempotency key: the request's id. */
export function serviceCalls({ store, breaker, call }: ServiceCallPorts): PrepareTry {
  return async ({ service, operation, timeout: timeoutMs, correlationId, requestId }) => {
    // One that is not known here may have been registered a moment ago.
    const { registration = (await store.find(service)).registration } = await breaker.entry(service);
    const request = { service, operation, timeoutMs, correlationId };
    return async (payload) => {
      if (registration === undefined) throw serviceNotFound(service);
      const { endpoint } = registration;
      return breaker.call(request, () => call({ ...request, endpoint, payload, idempotencyKey: requestId }));
    };
  };
}

export function serviceNotFound(service: string): AppError {
  return new AppError('SERVICE_NOT_FOUND', `There is no service ${service}.`);
}
