import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { Service } from '../../functions/contracts/api/service.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal, ISO_TIME } from '../support/cloud/api-client.ts';
import { healthOf } from '../support/cloud/breaker.ts';
import { cloud, newKey } from '../support/cloud/cloud.ts';
import { testService } from '../support/cloud/test-service.ts';
import { answer, closedPort, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const newName = () => `test-${randomUUID()}`;
const remove = (name: string) => api.call(`/services/${name}`, { method: 'DELETE' });

describe('the registry of services', () => {
  it('takes a service, changes it, shows it, and lets it go', async () => {
    const name = newName();
    const endpoint = `http://127.0.0.1:${await closedPort()}/base`;
    const created = await api.put(`/services/${name}`, { endpoint });
    expect(created.status).toBe(201);
    const service = dataOf<Service>(created);
    expect(service).toStrictEqual({
      name,
      builtIn: false,
      endpoint,
      healthPath: '/health',
      breaker: { failureThreshold: 5, successThreshold: 2, timeout: 60_000, monitoringPeriod: 10_000 },
      createdAt: expect.stringMatching(ISO_TIME),
      updatedAt: service.createdAt,
    });
    const breaker = { failureThreshold: 2, successThreshold: 1, timeout: 500, monitoringPeriod: 1000 };
    const changed = await api.put(`/services/${name}`, { endpoint, healthPath: '/up/now', breaker });
    expect(changed.status).toBe(200);
    const now = dataOf<Service>(changed);
    expect(now).toMatchObject({ healthPath: '/up/now', breaker, createdAt: service.createdAt });
    expect(await api.data(`/services/${name}`)).toEqual(now);
    expect((await api.data<Page<Service>>('/services?limit=100')).items).toContainEqual(now);

    expect((await remove(name)).status).toBe(204);
    for (const path of ['', '/breaker', '/contract']) {
      expect(expectRefusal(await api.call(`/services/${name}${path}`), 404, 'SERVICE_NOT_FOUND')).toContain(name);
    }
    expectRefusal(await remove(name), 404, 'SERVICE_NOT_FOUND');
    expectRefusal(await api.post(`/services/${name}/operations/any`, {}), 404, 'SERVICE_NOT_FOUND');
  });

  it('pages through all services once, newest first, those built in last', async () => {
    const names = [newName(), newName(), newName()];
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    for (const name of names) await api.put(`/services/${name}`, { endpoint });
    const seen: Service[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page<Service> = await api.data(`/services?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    const all = seen.map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((name) => names.includes(name))).toEqual(names.toReversed());
    expect(all.slice(-2).sort()).toEqual(['agent-service', 'storage-service']);
    await Promise.all(names.map(remove));
  });

  it.each(['agent-service', 'storage-service'])('keeps %s, which is built in', async (name) => {
    expectRefusal(await remove(name), 409, 'CONFLICT');
    expectRefusal(await api.put(`/services/${name}`, { endpoint: 'https://example.com' }), 409, 'CONFLICT');
    expectRefusal(await api.post(`/services/${name}/operations/assign`, {}), 404, 'NOT_FOUND');
    expect(await api.data(`/services/${name}`)).toMatchObject({ builtIn: true, endpoint: null });
  });

  it.each([
    ['ftp://127.0.0.1/', 'endpoint'],
    ['http://localhost:1234', 'endpoint'],
    ['http://0.0.0.0:1234', 'endpoint'],
    ['http://[::1]:1234', 'endpoint'],
    ['http://127.1:1234', 'endpoint'],
    ['http://2130706433:1234', 'endpoint'],
    ['http://user:word@127.0.0.1:1234', 'endpoint'],
    ['https://10.0.0.1', 'endpoint'],
    ['https://169.254.169.254/latest', 'endpoint'],
    ['http://example.com', 'endpoint'],
    [cloud.endpointUrl.replace('localhost', '127.0.0.1'), 'endpoint'],
    ['no address', 'endpoint'],
  ])('refuses the address %s', async (endpoint, path) => {
    expectFaults(await api.put(`/services/${newName()}`, { endpoint }), [path]);
  });

  it.each([
    [{ failureThreshold: 0 }, ['breaker.failureThreshold']],
    [{ timeout: -1, successThreshold: 1.5 }, ['breaker.timeout', 'breaker.successThreshold']],
    [{ monitoringPeriod: '10' }, ['breaker.monitoringPeriod']],
    [{ colour: 'blue' }, ['breaker.colour']],
  ])('refuses breaker settings that make no sense: %j', async (breaker, paths) => {
    expectFaults(await api.put(`/services/${newName()}`, { endpoint: 'https://example.com', breaker }), paths);
  });

  it.each(['/../admin', 'health', '//elsewhere', '/a?b=c', '/a#b', '/%2e%2e/x'])(
    'refuses the health path %s',
    async (healthPath) => {
      expectFaults(await api.put(`/services/${newName()}`, { endpoint: 'https://example.com', healthPath }), [
        'healthPath',
      ]);
    },
  );

  it('is for keys with its scope', async () => {
    const reader = new ApiClient(await newKey('read'));
    const put = await reader.put(`/services/${newName()}`, { endpoint: 'https://example.com' });
    expectRefusal(put, 403, 'FORBIDDEN');
    expect((await reader.call('/services?limit=1')).status).toBe(200);
  });
});

describe('the health of a service', () => {
  it('is unknown of one that nobody registered', async () => {
    const name = newName();
    expect(await healthOf(api, name)).toStrictEqual({
      serviceName: name,
      status: 'unknown',
      circuitBreakerState: 'unknown',
      lastCheck: expect.stringMatching(ISO_TIME),
    });
  });

  it('is what the service says under its path, and no failure of its breaker', async () => {
    const service = await testService(api, answer(204), { path: '/base' });
    expect(await healthOf(api, service.name)).toMatchObject({ status: 'healthy', circuitBreakerState: 'closed' });
    expect(service.requests.at(-1)).toMatchObject({ method: 'GET', url: '/base/health' });
    service.behave(json({ well: false }, 503));
    for (let asked = 0; asked < 6; asked += 1) {
      expect(await healthOf(api, service.name)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'closed' });
    }
    const before = service.requests.length;
    await api.post(`/services/${service.name}/breaker`, { state: 'open' });
    expect(await healthOf(api, service.name)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'open' });
    expect(service.requests.length, 'is not asked while its breaker is open').toBe(before);
  });

  it.each(['agent-service', 'storage-service'])('is told of %s, which is asked itself', async (name) => {
    expect(await healthOf(api, name)).toMatchObject({ status: 'healthy', circuitBreakerState: 'closed' });
  });
});
