import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Breaker } from '../../../functions/contracts/api/service.ts';
import { breakerEndpoints } from '../../../functions/services/adapters/breaker-endpoints.ts';
import { failed } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { CircuitBreaker } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import { systemClock } from '../../../functions/shared/platform/breaker/clock.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { servicesApi, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const CONFIG = { failureThreshold: 3, successThreshold: 1, timeout: 5000, monitoringPeriod: 10_000 };

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  world = serviceWorld();
  const { store } = world;
  const breaker = new CircuitBreaker({ store, clock: systemClock, instance: 'environment-1' });
  call = servicesApi(breakerEndpoints({ store, breaker, call: async () => undefined }));
  await world.registered('billing', { breaker: CONFIG });
});
afterEach(() => {
  vi.useRealTimers();
});

const read = (name = 'billing') => call('GET', `/${name}/breaker`);
const set = (body: { state: string; reason?: string }, name = 'billing') =>
  call('POST', `/${name}/breaker`, { body, headers: { 'x-correlation-id': 'corr_2' } });
const turns = (name = 'billing') =>
  world.breakers.history(name).map(({ version, events, metadata }) => {
    const data = events[0]?.data as { reason: string };
    return [version, events[0]?.type, data.reason, metadata.correlationId];
  });
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe('GET /services/{name}/breaker', () => {
  it('shows how it stands, with all that was counted', async () => {
    for (const at of [NOW - 9000, NOW - 1]) {
      await world.store.change('billing', world.breakers.stands('billing'), failed(at, CONFIG), 'corr_1');
    }
    await world.store.count('billing', { success: 4, error: 2, rejected: 1 });
    const { status, json } = await read();
    expect([status, json.data]).toStrictEqual([
      200,
      {
        state: 'closed',
        failures: 2,
        config: CONFIG,
        metrics: { success: 4, error: 2, rejected: 1 },
        transitions: [],
      },
    ]);
    pass(5000);
    expect((await read()).json.data).toMatchObject({ failures: 1 });
  });

  it('shows those of built-in services, too', async () => {
    const { status, json } = await read('agent-service');
    expect([status, json.data]).toMatchObject([200, { state: 'closed', config: { failureThreshold: 10 } }]);
  });

  it('answers 404 for a service that there is not, whatever is left of its breaker', async () => {
    await world.store.change('gone', world.breakers.stands('gone'), failed(NOW, CONFIG), 'corr_1');
    const { status, json } = await read('gone');
    expect([status, json.error.code]).toEqual([404, 'SERVICE_NOT_FOUND']);
  });
});

describe('POST /services/{name}/breaker', () => {
  it.each([
    ['for the reason that is given', { reason: 'It is moved.' }, 'It is moved.'],
    ['for no reason that is given', {}, 'Opened by hand.'],
  ])('opens it %s, until it is closed so', async (_, given, reason) => {
    const { status, json } = await set({ state: 'open', ...given });
    expect([status, json.data]).toStrictEqual([
      200,
      {
        state: 'open',
        failures: 0,
        openedAt: '2026-08-19T10:00:00.000Z',
        reason,
        config: CONFIG,
        metrics: { success: 0, error: 0, rejected: 0 },
        transitions: [{ at: '2026-08-19T10:00:00.000Z', from: 'closed', to: 'open', reason }],
      },
    ]);
    pass(1000 * CONFIG.timeout);
    expect((await read()).json.data).toEqual(json.data);
    expect((await set({ state: 'closed' })).json.data).toMatchObject({ state: 'closed', reason: 'Closed by hand.' });
    expect(turns()).toEqual([
      [1, 'BreakerOpened', reason, 'corr_2'],
      [2, 'BreakerClosed', 'Closed by hand.', 'corr_2'],
    ]);
  });

  it('makes one that failures opened stay open, even for their reason', async () => {
    for (let tried = 0; tried < CONFIG.failureThreshold; tried += 1) {
      await world.store.change('billing', world.breakers.stands('billing'), failed(NOW, CONFIG), 'corr_1');
    }
    const { reason } = (await read()).json.data as Breaker;
    expect((await read()).json.data).toHaveProperty('retryAt');
    const { json } = await set({ state: 'open', reason: reason ?? '' });
    expect(json.data).toMatchObject({ state: 'open', reason });
    expect(json.data).not.toHaveProperty('retryAt');
  });

  it.each(['open', 'closed'])('set %s twice, changes nothing the second time', async (state) => {
    const first = await set({ state, reason: 'It is so.' });
    const [before, history] = [world.breakers.stands('billing'), turns()];
    pass(3000);
    const second = await set({ state, reason: 'It is so.' });
    expect([second.status, second.json.data]).toEqual([200, first.json.data]);
    expect(world.breakers.stands('billing')).toEqual(before);
    expect(turns()).toEqual(history);
    expect(history).toHaveLength(state === 'open' ? 1 : 0);
  });

  it('tells a new reason of one that is open already', async () => {
    await set({ state: 'open', reason: 'It is down.' });
    expect((await set({ state: 'open', reason: 'It is moved.' })).json.data).toMatchObject({ reason: 'It is moved.' });
    expect(turns().map(([, , reason]) => reason)).toEqual(['It is down.', 'It is moved.']);
  });

  it('obeys all of several hands at one moment, one after the other', async () => {
    const reasons = ['one', 'two', 'three'];
    const answers = await Promise.all(reasons.map((reason) => set({ state: 'open', reason })));
    expect(answers.map(({ json }) => (json.data as Breaker).reason)).toEqual(reasons);
    expect(turns().map(([version]) => version)).toEqual([1, 2, 3]);
    expect(
      turns()
        .map(([, , reason]) => reason)
        .sort(),
    ).toEqual(reasons.toSorted());
  });

  it('sets those of built-in services, too', async () => {
    expect((await set({ state: 'open' }, 'agent-service')).json.data).toMatchObject({ state: 'open' });
    expect(turns('agent-service')).toHaveLength(1);
  });

  it('answers 404 for a service that there is not, and turns nothing', async () => {
    const { status, json } = await set({ state: 'open' }, 'absent');
    expect([status, json.error.code, turns('absent')]).toEqual([404, 'SERVICE_NOT_FOUND', []]);
  });

  it.each([
    [{}, 'state'],
    [{ state: 'half-open' }, 'state'],
    [{ state: 'open', reason: '' }, 'reason'],
    [{ state: 'open', reason: 'x'.repeat(257) }, 'reason'],
    [{ state: 'open', retryAt: 1 }, 'retryAt'],
  ])('refuses %j', async (body, path) => {
    const { status, json } = await set(body as { state: string });
    expect([status, json.error.details]).toMatchObject([400, [{ path }]]);
    expect(turns()).toEqual([]);
  });

  it('needs the scope admin', async () => {
    const answer = await call('POST', '/billing/breaker', { body: { state: 'open' }, scopes: 'read,write,agent' });
    expect([answer.status, turns()]).toEqual([403, []]);
  });
});
