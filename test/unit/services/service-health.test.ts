import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serviceRoutes } from '../../../functions/contracts/api/service.ts';
import { serviceEndpoints } from '../../../functions/services/adapters/service-endpoints.ts';
import type { HealthChecks } from '../../../functions/services/adapters/service-health.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import type { Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { claimed, failed, openedByHand } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, servicesApi, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const QUICK = { failureThreshold: 1, successThreshold: 1, timeout: 1000, monitoringPeriod: 1000 };
const OPENED = [failed(NOW - 2000, QUICK)];
const HALF_OPENED = [...OPENED, claimed('somebody', NOW - 500, 100)];
const checks = { builtIn: vi.fn<HealthChecks['builtIn']>(), http: vi.fn<HealthChecks['http']>() };

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  checks.builtIn.mockReset().mockResolvedValue();
  checks.http.mockReset().mockResolvedValue();
  world = serviceWorld();
  call = servicesApi(serviceEndpoints({ ...world, checks, addressFaults: async () => [] }));
});
afterEach(() => {
  vi.useRealTimers();
});

const turned = async (name: string, ...wishes: Wish[]) => {
  for (const wish of wishes) await world.store.change(name, world.breakers.stands(name), wish, 'corr_1');
};
const healthOf = async (serviceName: string) => {
  const { status, json } = await call('GET', `/${serviceName}/health`);
  expect(status).toBe(200);
  expect(serviceRoutes.getServiceHealth.answer.data.parse(json.data)).toEqual(json.data);
  return json.data;
};
const refuse = () => Promise.reject(new AppError('SERVICE_ERROR', 'It is not well.', { retryable: true }));

describe('the health of a registered service', () => {
  beforeEach(() => world.registered('billing', { healthPath: '/up' }));

  it.each([
    ['closed', []],
    ['half-open', HALF_OPENED],
  ])('is what it says itself while its breaker is %s', async (state, wishes) => {
    await turned('billing', ...wishes);
    expect(await healthOf('billing')).toMatchObject({ status: 'healthy', circuitBreakerState: state });
    checks.http.mockImplementation(refuse);
    expect(await healthOf('billing')).toMatchObject({ status: 'unhealthy', circuitBreakerState: state });
    expect(checks.http).toHaveBeenCalledTimes(2);
    expect(checks.http).toHaveBeenLastCalledWith(expect.objectContaining({ endpoint: ENDPOINT, healthPath: '/up' }));
  });

  it.each([
    ['by failures', OPENED],
    ['by hand', [openedByHand(NOW, 'It is moved.')]],
  ])('is bad while its breaker is open %s; it is not asked', async (_, wishes) => {
    await turned('billing', ...wishes);
    expect(await healthOf('billing')).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'open' });
    expect(checks.http).not.toHaveBeenCalled();
  });

  it('counts for nothing, whatever comes of it', async () => {
    await turned('billing', failed(NOW, { ...QUICK, failureThreshold: 2 }));
    const before = world.breakers.stands('billing');
    const written = world.breakers.served.of('write');
    checks.http.mockImplementation(refuse);
    for (let asked = 0; asked < 3; asked += 1) await healthOf('billing');
    expect(checks.http).toHaveBeenCalledTimes(3);
    expect(world.breakers.stands('billing')).toEqual(before);
    expect([world.breakers.served.of('write'), world.breakers.served.of('count')]).toEqual([written, 0]);
  });

  it('bears the time when its check ended', async () => {
    checks.http.mockImplementation(async () => {
      vi.setSystemTime(NOW + 4000);
    });
    expect(await healthOf('billing')).toStrictEqual({
      serviceName: 'billing',
      status: 'healthy',
      circuitBreakerState: 'closed',
      lastCheck: '2026-08-19T10:00:04.000Z',
    });
  });
});

describe('the health of a service that is not registered', () => {
  it.each([
    ['never was', []],
    ['was, and left an open breaker behind', OPENED],
  ])('is unknown where it %s; nobody is asked', async (_, wishes) => {
    await turned('billing', ...wishes);
    expect(await healthOf('billing')).toStrictEqual({
      serviceName: 'billing',
      status: 'unknown',
      circuitBreakerState: 'unknown',
      lastCheck: '2026-08-19T10:00:00.000Z',
    });
    expect(checks.http).not.toHaveBeenCalled();
    expect(checks.builtIn).not.toHaveBeenCalled();
  });
});

describe.each(['agent-service', 'storage-service'] as const)('the health of %s', (name) => {
  it('is what its function says', async () => {
    expect(await healthOf(name)).toMatchObject({ status: 'healthy', circuitBreakerState: 'closed' });
    await turned(name, ...HALF_OPENED);
    checks.builtIn.mockImplementation(refuse);
    expect(await healthOf(name)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'half-open' });
    expect(checks.builtIn.mock.calls).toEqual([[name], [name]]);
    expect(checks.http).not.toHaveBeenCalled();
  });

  it('is bad while its breaker is open; its function is not called', async () => {
    await turned(name, ...OPENED);
    expect(await healthOf(name)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'open' });
    expect(checks.builtIn).not.toHaveBeenCalled();
  });
});
