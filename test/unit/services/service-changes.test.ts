import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serviceEndpoints } from '../../../functions/services/adapters/service-endpoints.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, servicesApi, serviceWorld } from '../../support/services/service-world.ts';

vi.mock('node:timers/promises', () => import('../../support/fake-sleep.ts'));
captureLogLines();

/** So long a write takes here, and so long an environment keeps what it has read. */
const WRITE_MS = 100;
const KEPT_MS = 1500;
const checks = { builtIn: async () => undefined, http: async () => undefined };

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(() => {
  vi.useFakeTimers();
  world = serviceWorld();
  const registry = { ...world.registry, register: slow(world.registry.register), remove: slow(world.registry.remove) };
  call = servicesApi(serviceEndpoints({ ...world, registry, checks, addressFaults: async () => [] }));
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes its time, and is done at the end of it. */
function slow<Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    await new Promise((resolve) => setTimeout(resolve, WRITE_MS));
    return write(...args);
  };
}

/** Plays the clock until there is an answer. `after`: how long that took, in ms. */
async function timed(answering: ReturnType<typeof call>) {
  const began = Date.now();
  const timing = answering.then(({ status }) => ({ status, after: Date.now() - began }));
  await vi.runAllTimersAsync();
  return timing;
}

const put = (name: string) => call('PUT', `/${name}`, { body: { endpoint: ENDPOINT } });

describe('the answer to a change of a service', () => {
  it('comes when no environment can know the old address any more', async () => {
    await world.registered('billing', { endpoint: 'https://old.example' });
    expect(await timed(put('billing'))).toEqual({ status: 200, after: WRITE_MS + KEPT_MS });
  });

  it('comes behind the change itself, which does not wait', async () => {
    await world.registered('billing', { endpoint: 'https://old.example' });
    const answering = put('billing');
    await vi.advanceTimersByTimeAsync(WRITE_MS);
    expect(world.registry.find('billing')?.endpoint).toBe(ENDPOINT);
    await timed(answering);
  });

  it('comes after a removal when no environment can know the service any more', async () => {
    await world.registered('billing');
    const answering = call('DELETE', '/billing');
    await vi.advanceTimersByTimeAsync(WRITE_MS);
    expect(world.registry.find('billing')).toBeUndefined();
    expect(await timed(answering)).toEqual({ status: 204, after: KEPT_MS });
  });

  it('comes at once for a new service, which nobody knows', async () => {
    expect(await timed(put('billing'))).toEqual({ status: 201, after: WRITE_MS });
  });

  it('comes at once where nothing was changed', async () => {
    expect(await timed(call('DELETE', '/absent'))).toEqual({ status: 404, after: 0 });
    expect(await timed(put('agent-service'))).toEqual({ status: 409, after: 0 });
  });

  it('waits for the second of two that register one name at the same moment', async () => {
    const both = await Promise.all([timed(put('billing')), timed(put('billing'))]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(both.find(({ status }) => status === 200)?.after).toBe(WRITE_MS + KEPT_MS);
  });
});
