import * as z from 'zod';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { BreakerConfig, BreakerOverrides, CircuitState, OperationName, ServiceName } from './service-fields.ts';

/** A query would stand between the address and the operation that is put behind it. */
const HAS_QUERY = /^[^#?]*\?/;

const RegisterServiceBody = z
  .strictObject({
    endpoint: z
      .string()
      .min(1)
      .max(2048)
      .refine((text) => !HAS_QUERY.test(text), 'must not hold a query')
      .meta({ description: 'Where it is: https, a public address, no query. Operations are posted below it.' }),
    healthPath: z
      .string()
      .max(256)
      .regex(/^(?:\/[A-Za-z0-9._~-]+)+\/?$/, 'must be a path such as /health')
      .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), 'must not hold "." or ".."')
      .default('/health')
      .meta({ description: 'Below the endpoint; a GET there answers 2xx while the service is well.' }),
    breaker: BreakerOverrides.optional(),
  })
  .meta({ id: 'RegisterService' });
export type RegisterServiceBody = z.infer<typeof RegisterServiceBody>;

/** A service as the API shows it. A built-in one has no address and no dates. */
const Service = z
  .object({
    name: ServiceName,
    builtIn: z.boolean(),
    endpoint: z.string().nullable(),
    healthPath: z.string().nullable(),
    breaker: BreakerConfig,
    createdAt: z.string().nullable(),
    updatedAt: z.string().nullable(),
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof Service>;

const ServiceHealth = z
  .object({
    serviceName: z.string(),
    status: z.enum(['healthy', 'unhealthy', 'unknown']),
    circuitBreakerState: z.enum([...CircuitState.options, 'unknown']),
    lastCheck: z.string(),
  })
  .meta({ id: 'ServiceHealth' });
export type ServiceHealth = z.infer<typeof ServiceHealth>;

/** How a service's breaker stands. Times are ISO 8601; `retryAt` is missing where it was opened by hand. */
const Breaker = z
  .object({
    state: CircuitState,
    failures: z.int().meta({ description: 'Within the monitoring period; of an open breaker, those that opened it.' }),
    openedAt: z.string().optional(),
    retryAt: z.string().optional(),
    reason: z.string().optional(),
    config: BreakerConfig,
    metrics: z.object({ success: z.int(), error: z.int(), rejected: z.int() }).meta({ description: 'May lag 10 s.' }),
    transitions: z
      .array(z.object({ at: z.string(), from: CircuitState, to: CircuitState, reason: z.string() }))
      .meta({ description: 'The newest 20, newest first.' }),
  })
  .meta({ id: 'Breaker' });
export type Breaker = z.infer<typeof Breaker>;

const SetBreakerBody = z
  .strictObject({ state: z.enum(['open', 'closed']), reason: z.string().min(1).max(256).optional() })
  .meta({ id: 'SetBreaker' });

const params = z.strictObject({ name: ServiceName });
export const serviceRoutes = {
  listServices: route({
    id: 'listServices',
    method: 'GET',
    path: '/api/v1/services',
    summary: 'List services, newest first; those that are built in come last',
    scope: 'read',
    query: z.strictObject(listQuery),
    answer: { status: 200, data: pageOf(Service) },
    errors: [],
  }),
  registerService: route({
    id: 'registerService',
    method: 'PUT',
    path: '/api/v1/services/{name}',
    summary: 'Register an HTTP service, or change it',
    scope: 'admin',
    params,
    body: RegisterServiceBody,
    answer: { status: 200, data: Service, also: { status: 201, data: Service } },
    errors: ['CONFLICT', 'LIMIT_EXCEEDED'],
  }),
  getService: route({
    id: 'getService',
    method: 'GET',
    path: '/api/v1/services/{name}',
    summary: 'Read a service',
    scope: 'read',
    params,
    answer: { status: 200, data: Service },
    errors: ['SERVICE_NOT_FOUND'],
  }),
  removeService: route({
    id: 'removeService',
    method: 'DELETE',
    path: '/api/v1/services/{name}',
    summary: 'Remove a service and its contract; those that are built in stay',
    scope: 'admin',
    params,
    answer: { status: 204 },
    errors: ['SERVICE_NOT_FOUND', 'CONFLICT'],
  }),
  getServiceHealth: route({
    id: 'getServiceHealth',
    method: 'GET',
    path: '/api/v1/services/{name}/health',
    summary: 'Ask a service how it is; it is not asked while its breaker is open',
    scope: 'read',
    params,
    answer: { status: 200, data: ServiceHealth },
    errors: [],
  }),
  callOperation: route({
    id: 'callOperation',
    method: 'POST',
    path: '/api/v1/services/{name}/operations/{operation}',
    summary: 'Call an operation of a registered service through its breaker, once',
    scope: 'admin',
    params: z.strictObject({ name: ServiceName, operation: OperationName }),
    body: z.looseObject({}).meta({ description: 'The payload, as the service takes it.' }),
    answer: { status: 200, data: z.unknown() },
    errors: ['SERVICE_NOT_FOUND', 'CONFLICT', 'SERVICE_ERROR', 'SERVICE_UNAVAILABLE', 'TIMEOUT'],
  }),
  getBreaker: route({
    id: 'getBreaker',
    method: 'GET',
    path: '/api/v1/services/{name}/breaker',
    summary: "Read how a service's breaker stands",
    scope: 'read',
    params,
    answer: { status: 200, data: Breaker },
    errors: ['SERVICE_NOT_FOUND'],
  }),
  setBreaker: route({
    id: 'setBreaker',
    method: 'POST',
    path: '/api/v1/services/{name}/breaker',
    summary: "Open or close a service's breaker by hand; opened so, it stays open until it is closed so",
    scope: 'admin',
    params,
    body: SetBreakerBody,
    answer: { status: 200, data: Breaker },
    errors: ['SERVICE_NOT_FOUND', 'CONFLICT'],
  }),
};
