import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closedByHand, openedByHand } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import type { Environment } from '../../../support/breaker/breaker-world.ts';
import { BreakerWorld, CONFIG, DOWN, SERVICE } from '../../../support/breaker/breaker-world.ts';
import { registrationOf } from '../../../support/breaker/registrations.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

captureLogLines();
let world: BreakerWorld;
beforeEach(() => {
  world = new BreakerWorld({ wellMs: 10 });
});
afterEach(() => {
  vi.useRealTimers();
});

const state = () => world.store.stands(SERVICE).state;
const reads = () => world.store.served.of('find');
const environments = (count: number) => Array.from({ length: count }, () => world.environment());
const isRefused = (outcome: unknown) => (outcome as { code?: string }).code === 'SERVICE_UNAVAILABLE';
const refusals = async (all: Environment[]) =>
  (await Promise.all(all.map((one) => one.call()))).filter(isRefused).length;

async function opened(by: Environment): Promise<void> {
  for (let time = 0; time < CONFIG.failureThreshold; time += 1) await by.call({ error: DOWN });
}

/** Open, and the time to try again has come. */
async function due(by: Environment): Promise<void> {
  await opened(by);
  await world.pass(CONFIG.timeout);
}

/** Tries the service in a call that never ends. */
function dies({ breaker }: Environment, timeoutMs: number): void {
  const call = { service: SERVICE, operation: 'charge', timeoutMs, correlationId: 'corr_1' };
  void breaker.call(call, () => new Promise(() => undefined));
}

describe('environments that share a breaker', () => {
  it('open it together: failures of all of them count', async () => {
    const all = environments(CONFIG.failureThreshold);
    await Promise.all(all.map((one) => one.call({ error: DOWN })));
    expect(state()).toBe('open');
    await world.pass(1500);
    expect(await refusals(all)).toBe(all.length);
  });

  it('let one call of all try at a time', async () => {
    const all = environments(20);
    await due(all[0] as Environment);
    world.reached.length = 0;
    const outcomes = await Promise.all(all.map((one) => one.call({ ms: 500 })));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(world.reached).toHaveLength(1);
  });

  it('take a trial over from one that died with it, when its time is surely up by both clocks', async () => {
    const [dead, other] = [world.environment({ skewMs: 1000 }), world.environment({ skewMs: -1000 })];
    await due(dead);
    dies(dead, 1000);
    await world.pass(1000);
    expect(isRefused(await other.call())).toBe(true);
    await world.pass(11_000);
    expect(await other.call()).toBe('done');
  });

  it('wait for no trial longer than half a minute and what clocks may differ, however long its call may take', async () => {
    const [dead, other] = environments(2) as [Environment, Environment];
    await due(dead);
    dies(dead, 600_000);
    await world.pass(36_000);
    expect(isRefused(await other.call())).toBe(true);
    await world.pass(2000);
    expect(await other.call()).toBe('done');
  });

  it('go on at once where another has closed it, and one just heard that it was open', async () => {
    const [one, other] = environments(2) as [Environment, Environment];
    await opened(one);
    await world.pass(CONFIG.timeout - 500);
    expect(isRefused(await other.call())).toBe(true);
    await world.pass(500);
    await one.call();
    await one.call();
    expect(state()).toBe('closed');
    expect(await other.call()).toBe('done');
  });
});

describe('what is done by hand', () => {
  it.each([1, 700, 1499, 1501, 60_000, 3_600_000])(
    'holds everywhere within 2 s, also where nobody called for %i ms before',
    async (pause) => {
      const all = environments(5);
      await refusals(all);
      await world.pass(pause);
      await world.set(openedByHand(world.now, 'We move it.'));
      await world.pass(2000);
      expect(await refusals(all)).toBe(5);
      await world.set(closedByHand(world.now, 'It is moved.'));
      await world.pass(2000);
      expect(await refusals(all)).toBe(0);
    },
  );

  it('holds where calls never pause', async () => {
    const [one] = environments(1) as [Environment];
    const call = async () => {
      const outcome = await one.call();
      await world.pass(20);
      return isRefused(outcome);
    };
    for (let calls = 0; calls < 100; calls += 1) expect(await call()).toBe(false);
    await world.set(openedByHand(world.now, 'We move it.'));
    const since = world.now;
    while (world.now < since + 2000) await call();
    for (let calls = 0; calls < 100; calls += 1) expect(await call()).toBe(true);
  });

  it('is heard by an environment that slept, though it has to connect anew first', async () => {
    const [one] = environments(1) as [Environment];
    await one.call();
    await world.set(openedByHand(world.now, 'We move it.'));
    await world.pass(3_600_000);
    world.weather.turn('slow', 400);
    expect(isRefused(await one.call())).toBe(true);
  });
});

describe('the memory of an environment', () => {
  it('asks the store at most seven times in ten seconds', async () => {
    const [one] = environments(1) as [Environment];
    const began = world.now;
    let calls = 0;
    for (; world.now < began + 10_000; calls += 1) {
      await one.call();
      await world.pass(9);
    }
    expect(calls).toBeGreaterThan(900);
    expect(reads()).toBeLessThanOrEqual(7);
    expect(reads()).toBeGreaterThan(5);
  });

  it('asks once for many calls that come at the same time', async () => {
    const [one] = environments(1) as [Environment];
    await Promise.all(Array.from({ length: 50 }, () => one.call()));
    await world.pass(5000);
    await Promise.all(Array.from({ length: 50 }, () => one.call()));
    expect(reads()).toBe(2);
  });

  it('hears of another registration while its own failures keep the breaker moving', async () => {
    const [one] = environments(1) as [Environment];
    world.store.register(registrationOf(SERVICE, { ...CONFIG, failureThreshold: 1000 }));
    await one.call({ error: DOWN });
    world.store.register(registrationOf(SERVICE, { failureThreshold: 999 }));
    for (let calls = 0; calls < 20; calls += 1) {
      await one.call({ error: DOWN });
      await world.pass(90);
    }
    expect(world.reached.at(-1)?.registration?.breaker).toEqual({ failureThreshold: 999 });
  });

  it('keeps the newer registration where an older answer comes after it', async () => {
    world = new BreakerWorld({ wellMs: 10, servedAt: 0 });
    const [one] = environments(1) as [Environment];
    await one.call();
    world.weather.turn('slow');
    await world.pass(1500);
    await one.call();
    world.weather.turn('well');
    world.store.register(registrationOf(SERVICE, { failureThreshold: 999 }));
    await world.pass(1500);
    await one.call();
    await world.pass(500);
    expect(world.weather.tally.of('late')).toBe(1);
    await one.call();
    expect(world.reached.at(-1)?.registration?.breaker).toEqual({ failureThreshold: 999 });
  });

  it('lets an older answer be that comes after a newer one', async () => {
    world = new BreakerWorld({ wellMs: 10, servedAt: 0 });
    const [one] = environments(1) as [Environment];
    await one.call();
    world.weather.turn('slow');
    await world.pass(1500);
    await one.call();
    world.weather.turn('well');
    for (let time = 0; time < CONFIG.failureThreshold; time += 1) await one.call({ error: DOWN });
    expect(state()).toBe('open');
    // The read of before the failures is answered now, and no other follows.
    await world.pass(2000);
    expect(world.weather.tally.of('late')).toBe(1);
    world.weather.turn('down');
    expect(isRefused(await one.call())).toBe(true);
  });
});
