import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '../../contracts/api/list.ts';
import type { Service } from '../../contracts/api/service.ts';
import { serviceRoutes } from '../../contracts/api/service.ts';
import { breakerConfig } from '../../contracts/breaker.ts';
import { BUILT_IN_SERVICES, isBuiltIn } from '../../contracts/services.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import { closedByHand } from '../../shared/platform/breaker/breaker-record.ts';
import { FRESH_MS } from '../../shared/platform/breaker/known-services.ts';
import type { ServiceEntry, ServiceRegistration, ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import type { Answer } from '../../shared/platform/http/answer.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { HealthChecks } from './service-health.ts';
import { serviceHealth } from './service-health.ts';
import type { ServiceRegistry } from './service-registry.ts';

export interface ServicePorts {
  registry: ServiceRegistry;
  store: ServiceStore;
  checks: HealthChecks;
  /** The faults of an address that may be called from here. */
  addressFaults(address: string, path: string): Promise<Fault[]>;
}

/** The list of all is read whole. */
const MAX_SERVICES = 500;

/** The registry (seed: ServiceRegistry). */
export function serviceEndpoints(ports: ServicePorts) {
  return [
    endpoint(serviceRoutes.listServices, async ({ query }) => ({ kind: 'data', data: await list(ports, query) })),
    endpoint(serviceRoutes.registerService, (request) => register(ports, request)),
    endpoint(serviceRoutes.getService, async ({ params }) => ({ kind: 'data', data: await read(ports, params.name) })),
    endpoint(serviceRoutes.removeService, (request) => remove(ports, request)),
    endpoint(serviceRoutes.getServiceHealth, async ({ params: { name } }) => {
      return { kind: 'data', data: await serviceHealth(ports.checks, name, await ports.store.find(name)) };
    }),
  ];
}

async function list(
  { registry }: ServicePorts,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<Service>> {
  const after = cursor === undefined ? undefined : placeOf(cursor, 'services', ['sort']).sort;
  const all = [
    ...(await registry.list()).map((one) => ({ sort: `${one.createdAt}#${one.name}`, view: viewOf(one) })),
    ...BUILT_IN,
  ];
  const rest = after === undefined ? all : all.filter(({ sort }) => sort < after);
  const page = rest.slice(0, limit);
  const nextCursor = rest.length > limit ? cursorTo('services', { sort: page.at(-1)?.sort ?? '' }) : null;
  return { items: page.map(({ view }) => view), nextCursor };
}

/** They sort behind every date. */
const BUILT_IN = [...BUILT_IN_SERVICES].toReversed().map((name) => ({ sort: `!${name}`, view: builtInView(name) }));

function builtInView(name: string): Service {
  const nowhere = { endpoint: null, healthPath: null, createdAt: null, updatedAt: null };
  return { name, builtIn: true, breaker: breakerConfig(name), ...nowhere };
}

function viewOf({ name, breaker, ...registration }: ServiceRegistration): Service {
  return { name, builtIn: false, breaker: breakerConfig(name, breaker), ...registration };
}

async function register(
  { registry, store, addressFaults }: ServicePorts,
  { params: { name }, body, now }: HttpRequest<typeof serviceRoutes.registerService>,
): Promise<Answer> {
  if (isBuiltIn(name)) throw new AppError('CONFLICT', `${name} is built in, and cannot be registered.`);
  const faults = await addressFaults(body.endpoint, 'endpoint');
  if (faults.length > 0) throw invalid(faults);
  const isNew = (await store.find(name)).registration === undefined;
  if (isNew && (await registry.count()) >= MAX_SERVICES) {
    throw new AppError('LIMIT_EXCEEDED', `There are ${MAX_SERVICES} services already; remove one first.`);
  }
  const { registration, before } = await registry.register(name, body, now);
  if (before !== undefined) await untilAllHaveHeard();
  return { kind: 'data', data: viewOf(registration), ...(before === undefined && { status: 201 }) };
}

/** Every environment keeps what it knows so long; after the answer none calls the old address any more. */
function untilAllHaveHeard(): Promise<void> {
  return sleep(FRESH_MS);
}

async function read({ store }: ServicePorts, name: string): Promise<Service> {
  if (isBuiltIn(name)) return builtInView(name);
  const { registration } = await store.find(name);
  if (registration === undefined) throw serviceNotFound(name);
  return viewOf(registration);
}

async function remove(
  { registry, store }: ServicePorts,
  { params: { name }, correlationId, now }: HttpRequest<typeof serviceRoutes.removeService>,
): Promise<Answer> {
  if (isBuiltIn(name)) throw new AppError('CONFLICT', `${name} is built in, and stays.`);
  const { breaker } = await entryOf(store, name);
  await store.change(name, breaker, closedByHand(Date.parse(now), 'The service was removed.'), correlationId);
  await registry.remove(name);
  await untilAllHaveHeard();
  return NO_CONTENT;
}

/** @throws SERVICE_NOT_FOUND unless it is built in or registered */
export async function entryOf(store: ServiceStore, name: string): Promise<ServiceEntry> {
  const entry = await store.find(name);
  if (entry.registration === undefined && !isBuiltIn(name)) throw serviceNotFound(name);
  return entry;
}

export function serviceNotFound(name: string): AppError {
  return new AppError('SERVICE_NOT_FOUND', `There is no service ${name}.`);
}
