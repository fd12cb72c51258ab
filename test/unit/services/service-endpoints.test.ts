import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Service } from '../../../functions/contracts/api/service.ts';
import { serviceRoutes } from '../../../functions/contracts/api/service.ts';
import { serviceEndpoints } from '../../../functions/services/adapters/service-endpoints.ts';
import type { Fault } from '../../../functions/shared/kernel/errors.ts';
import { failed, openedByHand } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, servicesApi, serviceWorld } from '../../support/services/service-world.ts';

// How long an answer waits, service-changes.test.ts says.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const logs = captureLogLines();

const SEED_CONFIG = { failureThreshold: 5, successThreshold: 2, timeout: 60_000, monitoringPeriod: 10_000 };
const body = { endpoint: ENDPOINT };
const addressFaults = vi.fn(async (_address: string, _path: string): Promise<Fault[]> => []);
const checks = { builtIn: async () => undefined, http: async () => undefined };

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(() => {
  addressFaults.mockReset().mockResolvedValue([]);
  world = serviceWorld();
  call = servicesApi(serviceEndpoints({ ...world, checks, addressFaults }));
});

const put = (name: string, given: object = body) => call('PUT', `/${name}`, { body: given });
const many = async (count: number) => {
  for (let made = 0; made < count; made += 1) await world.registered(`service-${made}`);
};

describe('PUT /services/{name}', () => {
  it('registers a service with what was left out filled in', async () => {
    const { status, json } = await put('billing');
    const service = json.data as Service;
    expect([status, service]).toStrictEqual([
      201,
      {
        name: 'billing',
        builtIn: false,
        ...body,
        healthPath: '/health',
        breaker: SEED_CONFIG,
        createdAt: expect.stringMatching(/Z$/),
        updatedAt: service.createdAt,
      },
    ]);
    expect(serviceRoutes.registerService.answer.data.parse(service)).toEqual(service);
    expect((await call('GET', '/billing')).json.data).toEqual(service);
  });

  it('changes one that is there, which keeps its beginning, and nothing else that was said before', async () => {
    const createdAt = '2020-01-01T00:00:00.000Z';
    await world.registered('billing', { createdAt, healthPath: '/up', breaker: { timeout: 500 } });
    const { status, json } = await put('billing', { endpoint: 'https://other.example', breaker: { timeout: 700 } });
    expect(status).toBe(200);
    expect(json.data).toMatchObject({ endpoint: 'https://other.example', healthPath: '/health', createdAt });
    expect(json.data).toMatchObject({ breaker: { ...SEED_CONFIG, timeout: 700 } });
    expect((json.data as Service).updatedAt).not.toBe(createdAt);
    expect((await call('GET', '/billing')).json.data).toEqual(json.data);
  });

  it('refuses an address that may not be called, and says why', async () => {
    const fault = { path: 'endpoint', message: 'must not lead to a private address' };
    addressFaults.mockResolvedValue([fault]);
    const { status, json } = await put('billing');
    expect([status, json.error.details]).toEqual([400, [fault]]);
    expect(addressFaults).toHaveBeenCalledExactlyOnceWith(ENDPOINT, 'endpoint');
    expect(world.registry.find('billing')).toBeUndefined();
  });

  it.each(['agent-service', 'storage-service'])('leaves %s alone, whose name is taken', async (name) => {
    expect(await put(name)).toMatchObject({ status: 409, json: { error: { code: 'CONFLICT' } } });
    expect(addressFaults).not.toHaveBeenCalled();
    expect(world.registry.find(name)).toBeUndefined();
  });

  it('takes the 500th service', async () => {
    await many(499);
    expect((await put('billing')).status).toBe(201);
  });

  it('takes no more than 500, but changes to those, and another in the place of one that went', async () => {
    await many(500);
    const refused = await put('billing');
    expect([refused.status, refused.json.error.code]).toEqual([409, 'LIMIT_EXCEEDED']);
    expect(refused.json.error.message).toContain('500');
    expect(await world.registry.count()).toBe(500);
    const changed = await put('service-7', { ...body, healthPath: '/up' });
    expect([changed.status, world.registry.find('service-7')?.healthPath]).toEqual([200, '/up']);
    await call('DELETE', '/service-9');
    expect((await put('billing')).status).toBe(201);
  });
});

describe('DELETE /services/{name}', () => {
  it('removes a service, its contract, and what its breaker holds against it', async () => {
    await world.registered('billing');
    const contract = { version: '1', operations: [{ name: 'pay', input: true, output: true, errors: [] }] };
    await world.registry.putContract('billing', contract, undefined);
    const { breaker } = await world.store.find('billing');
    await world.store.change('billing', breaker, openedByHand(Date.now(), 'It is down.'), 'corr_1');
    const { status, bytes } = await call('DELETE', '/billing', { headers: { 'x-correlation-id': 'corr_2' } });
    expect([status, bytes.byteLength]).toEqual([204, 0]);
    expect([world.registry.find('billing'), await world.registry.contract('billing')]).toEqual([undefined, undefined]);
    expect(world.breakers.stands('billing')).toMatchObject({ state: 'closed', failures: [] });
    const reason = 'The service was removed.';
    expect(world.breakers.history('billing')).toMatchObject([
      { version: 1, events: [{ type: 'BreakerOpened' }], metadata: { correlationId: 'corr_1' } },
      { version: 2, events: [{ type: 'BreakerClosed', data: { reason } }], metadata: { correlationId: 'corr_2' } },
    ]);
  });

  it('turns no breaker that is closed', async () => {
    await world.registered('billing');
    expect((await call('DELETE', '/billing')).status).toBe(204);
    expect(world.breakers.history('billing')).toEqual([]);
  });

  it('can be made again where it broke off', async () => {
    await world.registered('billing');
    vi.spyOn(world.registry, 'remove').mockRejectedValueOnce(new Error('the table is gone'));
    expect((await call('DELETE', '/billing')).status).toBe(500);
    expect(logs.text()).toContain('the table is gone');
    expect((await call('DELETE', '/billing')).status).toBe(204);
    expect(world.registry.find('billing')).toBeUndefined();
  });

  it.each(['agent-service', 'storage-service'])('leaves %s alone, which is built in', async (name) => {
    await world.store.change(name, world.breakers.stands(name), openedByHand(Date.now(), 'It is down.'), 'corr_1');
    expect(await call('DELETE', `/${name}`)).toMatchObject({ status: 409, json: { error: { code: 'CONFLICT' } } });
    expect(world.breakers.stands(name).state).toBe('open');
  });

  it('answers 404 for one that there is not, and changes nothing', async () => {
    const { breaker } = await world.store.find('billing');
    await world.store.change('billing', breaker, failed(Date.now(), SEED_CONFIG), 'corr_1');
    expect(await call('DELETE', '/billing')).toMatchObject({
      status: 404,
      json: { error: { code: 'SERVICE_NOT_FOUND', message: 'There is no service billing.' } },
    });
    expect(world.breakers.stands('billing').failures).toHaveLength(1);
  });
});
