import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { breakerEndpoints } from '../../../functions/services/adapters/breaker-endpoints.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { openedByHand } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { CircuitBreaker } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import { systemClock } from '../../../functions/shared/platform/breaker/clock.ts';
import type { ServiceRequest } from '../../../functions/shared/platform/outgoing/http-service.ts';
import { REQUEST_ID } from '../../support/api/api-calls.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, servicesApi, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const KNOWN_MS = 1500;
const QUICK = { failureThreshold: 2, successThreshold: 1, timeout: 5000, monitoringPeriod: 10_000 };
const serve = vi.fn<(request: ServiceRequest) => Promise<unknown>>();

let world: ServiceWorld;
let api: ReturnType<typeof servicesApi>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  serve.mockReset().mockResolvedValue({ booked: true });
  world = serviceWorld();
  const { store } = world;
  const breaker = new CircuitBreaker({ store, clock: systemClock, instance: 'environment-1' });
  api = servicesApi(breakerEndpoints({ store, breaker, call: serve }));
});
afterEach(() => {
  vi.useRealTimers();
});

const call = (name = 'billing', body: unknown = { seat: 'Ж' }) =>
  api('POST', `/${name}/operations/book`, { body, headers: { 'x-correlation-id': 'corr_1' } });
const failing = (options: { retryable: boolean }) => async () => {
  const details = { service: 'billing', operation: 'book', httpStatus: 500 };
  throw new AppError('SERVICE_ERROR', 'It failed.', { ...options, details });
};

describe('a call of an operation', () => {
  it('goes where the service is, once, with all that it needs, and counts', async () => {
    await world.registered('billing');
    const { status, json } = await call();
    expect([status, json.data]).toEqual([200, { booked: true }]);
    expect(serve).toHaveBeenCalledExactlyOnceWith({
      service: 'billing',
      endpoint: ENDPOINT,
      operation: 'book',
      payload: { seat: 'Ж' },
      correlationId: 'corr_1',
      idempotencyKey: REQUEST_ID,
      timeoutMs: 25_000,
    });
    expect(await world.store.counted('billing')).toEqual({ success: 1, error: 0, rejected: 0 });
  });

  it.each([[null], [0], [''], [[1, 2]]])('gives a result as it is: %j', async (result) => {
    await world.registered('billing');
    serve.mockResolvedValue(result);
    expect((await call()).json.data).toEqual(result);
  });

  it('reads nothing again while what is known is fresh', async () => {
    await world.registered('billing');
    await call();
    await call();
    expect(world.breakers.served.of('find')).toBe(1);
  });

  it('finds a service that was registered a moment ago, though it is known here as none', async () => {
    expect((await call()).status).toBe(404);
    const reads = world.breakers.served.of('find');
    await world.registered('billing');
    vi.setSystemTime(NOW + KNOWN_MS - 1);
    expect(await call()).toMatchObject({ status: 200, json: { data: { booked: true } } });
    expect(world.breakers.served.of('find'), 'one look past what is known').toBe(reads + 1);
    expect(serve.mock.calls.map(([{ endpoint }]) => endpoint)).toEqual([ENDPOINT]);
  });

  it('goes to the new address once what is known of the old one has aged', async () => {
    await world.registered('billing', { endpoint: 'https://old.example' });
    await call();
    await world.registered('billing');
    vi.setSystemTime(NOW + KNOWN_MS);
    await call();
    expect(serve.mock.calls.map(([{ endpoint }]) => endpoint)).toEqual(['https://old.example', ENDPOINT]);
  });

  it('is answered 404 for a service that there is not, and counts for none', async () => {
    const { status, json } = await call();
    expect([status, json.error.code, json.error.message]).toEqual([
      404,
      'SERVICE_NOT_FOUND',
      'There is no service billing.',
    ]);
    expect([serve.mock.calls.length, world.breakers.served.of('count')]).toEqual([0, 0]);
  });

  it.each(['agent-service', 'storage-service'])('of %s is nobody’s but the sagas’', async (name) => {
    const { status, json } = await call(name);
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    expect(json.error.message).toContain(name);
    expect([serve.mock.calls.length, world.breakers.served.of('find')]).toEqual([0, 0]);
  });

  it('that fails is a failure of the service, by the numbers that it was registered with', async () => {
    await world.registered('billing', { breaker: QUICK });
    serve.mockImplementation(failing({ retryable: true }));
    const { status, json } = await call();
    expect([status, json.error.code]).toEqual([502, 'SERVICE_ERROR']);
    expect(json.error.details).toEqual({ service: 'billing', operation: 'book', httpStatus: 500 });
    await call();
    const refused = await call();
    expect([refused.status, refused.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(refused.json.error.details).toEqual({ service: 'billing', retryAt: '2026-08-19T10:00:05.000Z' });
    expect(serve).toHaveBeenCalledTimes(QUICK.failureThreshold);
  });

  it('that the service refuses is none', async () => {
    await world.registered('billing', { breaker: QUICK });
    serve.mockImplementation(failing({ retryable: false }));
    for (let tried = 0; tried < 3; tried += 1) expect((await call()).status).toBe(502);
    expect(serve).toHaveBeenCalledTimes(3);
    expect(world.breakers.stands('billing')).toMatchObject({ state: 'closed', failures: [] });
  });

  it('is not made while somebody keeps the breaker open', async () => {
    await world.registered('billing');
    await world.store.change('billing', world.breakers.stands('billing'), openedByHand(NOW, 'Moved.'), 'corr_0');
    const { status, json } = await call();
    expect([status, json.error.details]).toEqual([503, { service: 'billing' }]);
    expect(serve).not.toHaveBeenCalled();
    expect(await world.store.counted('billing')).toEqual({ success: 0, error: 0, rejected: 1 });
  });

  it('needs the scope admin', async () => {
    await world.registered('billing');
    const { status } = await api('POST', '/billing/operations/book', { body: {}, scopes: 'read,write,agent' });
    expect([status, serve.mock.calls.length]).toEqual([403, 0]);
  });
});
