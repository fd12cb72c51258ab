import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Environment } from '../../../support/breaker/breaker-world.ts';
import { BreakerWorld, CONFIG, DOWN, SERVICE } from '../../../support/breaker/breaker-world.ts';
import { registrationOf } from '../../../support/breaker/registrations.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

captureLogLines();
let world: BreakerWorld;
let environment: Environment;
beforeEach(async () => {
  world = new BreakerWorld({ wellMs: 5 });
  environment = world.environment();
  await environment.call();
});
afterEach(() => {
  expect(world.weather.tally.of('late')).toBeGreaterThan(0);
  vi.useRealTimers();
});

const stands = () => world.store.stands(SERVICE);
const isRefused = (outcome: unknown) => (outcome as { code?: string }).code === 'SERVICE_UNAVAILABLE';

async function due(): Promise<void> {
  for (let time = 0; time < CONFIG.failureThreshold; time += 1) await environment.call({ error: DOWN });
  await world.pass(CONFIG.timeout);
}

describe('a failure that the store took its time to hear of', () => {
  it('keeps other calls back until it has, and counts once', async () => {
    world.weather.turn('slow', 300);
    await environment.call({ error: DOWN });
    world.weather.turn('well');
    expect(isRefused(await environment.call())).toBe(true);
    await world.pass(300);
    expect(await environment.call()).toBe('done');
    expect(stands()).toMatchObject({ state: 'closed', failures: [expect.any(Number)] });
  });

  it('is waited for by the next call, where that helps', async () => {
    world.weather.turn('slow', 80);
    await environment.call({ error: DOWN });
    world.weather.turn('well');
    expect(await environment.call()).toBe('done');
  });

  it('is not undone by a read that began before it', async () => {
    world.weather.turn('slow', 300);
    await world.pass(1500);
    // A read is on its way when this fails, and answered before the failure is told.
    await environment.call();
    await world.pass(100);
    await environment.call({ error: DOWN });
    await world.pass(150);
    expect(isRefused(await environment.call())).toBe(true);
    await world.pass(300);
    world.weather.turn('well');
    expect(await environment.call()).toBe('done');
  });

  it('is not undone by a read that the store answers while it is still being told, for ten seconds', async () => {
    world.weather.turn('slow', 60_000);
    await environment.call({ error: DOWN });
    world.weather.turn('well');
    for (let seconds = 0; seconds < 9; seconds += 1) {
      await world.pass(1000);
      expect(isRefused(await environment.call())).toBe(true);
    }
    await world.pass(2500);
    expect(await environment.call()).toBe('done');
    await world.pass(60_000);
  });

  it('opens the breaker of all, be it late', async () => {
    const all = Array.from({ length: CONFIG.failureThreshold }, () => world.environment());
    await Promise.all(all.map((one) => one.call()));
    world.weather.turn('slow', 300);
    await Promise.all(all.map((one) => one.call({ error: DOWN })));
    world.weather.turn('well');
    await world.pass(2000);
    expect(stands().state).toBe('open');
    expect((await Promise.all(all.map((one) => one.call()))).filter(isRefused)).toHaveLength(all.length);
  });
});

it('a failure counts by what is known of the service when it comes, though the first read was late for the call', async () => {
  world.store.register(registrationOf(SERVICE, { ...CONFIG, failureThreshold: 1 }));
  world.weather.turn('slow', 1200);
  const call = world.environment().call({ error: DOWN, ms: 500 });
  await world.pass(1100);
  world.weather.turn('well');
  expect(await call).toBe(DOWN);
  expect(world.reached.at(-1)?.registration).toBeUndefined();
  expect(stands()).toMatchObject({ state: 'open', version: 1, revision: 1 });
});

describe('the right to try', () => {
  it('that comes too late for the call that asked is used by the next one', async () => {
    await due();
    world.weather.turn('slow', 300);
    expect(isRefused(await environment.call())).toBe(true);
    world.weather.turn('well');
    await world.pass(300);
    const { probe } = stands();
    expect(probe).toMatchObject({ by: 'environment-1/1' });
    const writes = world.store.served.of('write');
    expect(await environment.call()).toBe('done');
    expect(stands()).toMatchObject({ state: 'half-open', successes: 1 });
    expect(world.store.served.of('write')).toBe(writes + 1);
  });

  it('is asked for anew where a call would not be done within it, so that nobody tries beside it', async () => {
    await due();
    const other = world.environment();
    await other.call();
    world.weather.turn('slow', 300);
    expect(isRefused(await environment.call())).toBe(true);
    world.weather.turn('well');
    const { until } = stands().probe ?? { until: 0 };
    await world.pass(7000);
    const late = environment.call({ ms: 1000 });
    await world.pass(500);
    expect(stands().probe?.until).toBeGreaterThan(until);
    await world.pass(450);
    expect(isRefused(await other.call())).toBe(true);
    expect(await late).toBe('done');
  });

  it('lies idle for no longer than a call takes and clocks may differ', async () => {
    await due();
    world.weather.turn('slow', 300);
    expect(isRefused(await environment.call())).toBe(true);
    world.weather.turn('well');
    const other = world.environment();
    await world.pass(7000);
    expect(isRefused(await other.call())).toBe(true);
    await world.pass(1500);
    expect(await other.call()).toBe('done');
  });
});

describe('a call that tried', () => {
  it.each([
    ['well', {}, 'done', 'half-open'],
    ['badly', { error: DOWN }, DOWN, 'open'],
  ])('and went %s is told late, and no other tries meanwhile', async (_, work, outcome, state) => {
    await due();
    const began = environment.call({ ...work, ms: 500 });
    await world.pass(100);
    world.weather.turn('slow', 400);
    expect(await began).toBe(outcome);
    const other = world.environment();
    world.weather.turn('well');
    expect(isRefused(await other.call())).toBe(true);
    await world.pass(500);
    expect(stands().state).toBe(state);
  });

  it('has no right left over while that is told: the next call of its environment is a trial of its own', async () => {
    const other = world.environment();
    await other.call();
    await due();
    const trial = environment.call({ ms: 500 });
    await world.pass(100);
    world.weather.turn('slow', 1000);
    expect(await trial).toBe('done');
    world.weather.turn('well');
    const trying = { now: 0, most: 0 };
    const tries = ({ breaker }: Environment) => {
      const call = { service: SERVICE, operation: 'charge', timeoutMs: 3000, correlationId: 'corr_1' };
      const work = async () => {
        trying.now += 1;
        trying.most = Math.max(trying.most, trying.now);
        await world.clock.sleep(2500);
        trying.now -= 1;
        return 'done';
      };
      return breaker.call(call, work).catch((error: unknown) => error);
    };
    const calls: Promise<unknown>[] = [];
    for (let ms = 0; ms < 2000; ms += 100) {
      calls.push(tries(environment), tries(other));
      await world.pass(100);
    }
    const outcomes = await world.settled(Promise.all(calls));
    expect(trying.most).toBe(1);
    expect([outcomes.indexOf('done') >= 0, outcomes.filter(isRefused).length]).toEqual([true, calls.length - 1]);
    expect(stands().state).toBe('closed');
  });
});
