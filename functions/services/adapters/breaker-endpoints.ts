import type { Breaker } from '../../contracts/api/service.ts';
import { serviceRoutes } from '../../contracts/api/service.ts';
import { isBuiltIn } from '../../contracts/services.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { Wish } from '../../shared/platform/breaker/breaker-record.ts';
import { closedByHand, openedByHand } from '../../shared/platform/breaker/breaker-record.ts';
import type { CircuitBreaker } from '../../shared/platform/breaker/circuit-breaker.ts';
import type { ServiceEntry, ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { ServiceRequest } from '../../shared/platform/outgoing/http-service.ts';
import { breakerView } from './breaker-view.ts';
import { entryOf, serviceNotFound } from './service-endpoints.ts';

export interface BreakerEndpointPorts {
  store: ServiceStore;
  breaker: CircuitBreaker;
  /** Calls an operation of an HTTP service. */
  call(request: ServiceRequest): Promise<unknown>;
}

/** The gateway gives up at 29 s, and the answer has to get there. */
const CALL_MS = 25_000;

/** Breakers as operators see and set them, and the calls that go through them. */
export function breakerEndpoints(ports: BreakerEndpointPorts) {
  return [
    endpoint(serviceRoutes.callOperation, (request) => callOperation(ports, request)),
    endpoint(serviceRoutes.getBreaker, async ({ params: { name }, now }) => {
      return { kind: 'data', data: await viewOf(ports, name, await entryOf(ports.store, name), now) };
    }),
    endpoint(serviceRoutes.setBreaker, (request) => setBreaker(ports, request)),
  ];
}

async function callOperation(
  { breaker, store, call }: BreakerEndpointPorts,
  { params: { name, operation }, body, requestId, correlationId }: HttpRequest<typeof serviceRoutes.callOperation>,
): Promise<DataAnswer> {
  if (isBuiltIn(name)) throw new AppError('NOT_FOUND', `The operations of ${name} are internal.`);
  const { endpoint: address } = await registrationOf(name, breaker, store);
  const request = { service: name, operation, correlationId, timeoutMs: CALL_MS };
  const data = await breaker.call(request, () =>
    call({ ...request, endpoint: address, payload: body, idempotencyKey: requestId }),
  );
  return { kind: 'data', data };
}

/** One that is not known here may have been registered a moment ago. */
async function registrationOf(name: string, breaker: CircuitBreaker, store: ServiceStore) {
  const { registration = (await store.find(name)).registration } = await breaker.entry(name);
  if (registration === undefined) throw serviceNotFound(name);
  return registration;
}

async function setBreaker(
  { store, ...ports }: BreakerEndpointPorts,
  { params: { name }, body, correlationId, now }: HttpRequest<typeof serviceRoutes.setBreaker>,
): Promise<DataAnswer> {
  const entry = await entryOf(store, name);
  const { record } = await store.change(name, entry.breaker, byHand(body, Date.parse(now)), correlationId);
  return { kind: 'data', data: await viewOf({ store, ...ports }, name, { ...entry, breaker: record }, now) };
}

function byHand({ state, reason }: { state: 'open' | 'closed'; reason?: string | undefined }, now: number): Wish {
  return state === 'open'
    ? openedByHand(now, reason ?? 'Opened by hand.')
    : closedByHand(now, reason ?? 'Closed by hand.');
}

async function viewOf(
  { store }: BreakerEndpointPorts,
  name: string,
  entry: ServiceEntry,
  now: string,
): Promise<Breaker> {
  return breakerView(name, entry, { metrics: await store.counted(name), now: Date.parse(now) });
}
