import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import { closedByHand, openedByHand } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { isBreakerRefusal } from '../../../../functions/shared/platform/breaker/circuit-breaker.ts';
import type { Environment } from '../../../support/breaker/breaker-world.ts';
import { BreakerWorld, CONFIG, DOWN, SERVICE } from '../../../support/breaker/breaker-world.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
let world: BreakerWorld;
let environment: Environment;
beforeEach(() => {
  world = new BreakerWorld();
  environment = world.environment();
});
afterEach(() => {
  vi.useRealTimers();
});

const NO = new AppError('SERVICE_ERROR', 'There is no such customer.');
const BUSY = new AppError('SERVICE_ERROR', 'Come again.', { retryable: true });
const refusal = (details: object) => expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', details });
const state = () => world.store.stands(SERVICE).state;

async function fail(times: number, error: Error = DOWN): Promise<void> {
  for (let time = 0; time < times; time += 1) expect(await environment.call({ error })).toBe(error);
}

/** Open, and the time to try again has come. */
async function due(): Promise<void> {
  await fail(CONFIG.failureThreshold);
  await world.pass(CONFIG.timeout);
}

describe('a closed breaker', () => {
  it('lets a call through, and tells it what is known of the service', async () => {
    expect(await environment.call()).toBe('done');
    expect(world.reached).toMatchObject([{ registration: { name: SERVICE }, breaker: { state: 'closed' } }]);
  });

  it('writes nothing of a call that goes well, and counts them at most every ten seconds', async () => {
    for (let call = 0; call < 1000; call += 1) {
      await environment.call();
      await world.pass(20);
    }
    expect(world.store.served.of('write')).toBe(0);
    expect(world.store.served.of('count')).toBe(2);
  });

  it('tells how long each call took, under its name, and whether it failed', async () => {
    await environment.call();
    await environment.call({ error: NO });
    const told = logs.metrics().map(({ operation, duration, error }) => ({ operation, duration, error }));
    const name = 'billing.charge';
    expect(told).toEqual([
      { operation: name, duration: expect.any(Number), error: undefined },
      { operation: name, duration: expect.any(Number), error: 1 },
    ]);
  });

  it.each([
    ['one below the threshold', [0, 1], 'closed'],
    ['as many as the threshold', [0, 1, 2], 'open'],
    ['the last right before the first is out of the period', [0, 5000, 9999], 'open'],
    ['the last when the first is out of the period', [0, 5000, 10_000], 'closed'],
    ['many, but never enough in one period', [0, 5001, 10_002, 15_003, 20_004, 25_005], 'closed'],
  ])('meets failures, %s', async (_, times, expected) => {
    const began = world.now;
    for (const time of times) {
      await world.pass(Math.max(0, began + time - world.now));
      await environment.call({ error: DOWN });
    }
    expect(state()).toBe(expected);
  });

  it.each([
    ['thrown by surprise', DOWN, 'open'],
    ['worth another try', BUSY, 'open'],
    ['no failure but an answer', NO, 'closed'],
  ])('takes errors as they are: %s', async (_, error, expected) => {
    await fail(CONFIG.failureThreshold, error);
    expect(state()).toBe(expected);
  });

  it('never opens over answers, however many', async () => {
    await fail(50, NO);
    expect(state()).toBe('closed');
    expect(world.store.served.of('write')).toBe(0);
  });

  it('forgets no failure over calls between that go well', async () => {
    await fail(2);
    await environment.call();
    await fail(1);
    expect(state()).toBe('open');
  });
});

describe('an open breaker', () => {
  it('refuses calls at once, and says when it is worth to come again', async () => {
    await fail(CONFIG.failureThreshold);
    const retryAt = new Date(world.now + CONFIG.timeout).toISOString();
    const refused = await environment.call();
    expect(refused).toEqual(refusal({ service: SERVICE, retryAt }));
    expect(refused).toMatchObject({ message: 'billing is unavailable: its circuit breaker is open.' });
    expect(world.reached).toHaveLength(CONFIG.failureThreshold);
    expect(logs.metrics().at(-1)).toMatchObject({ rejected: 1, operation: 'billing.charge' });
  });

  it('is told from another that a service met', async () => {
    await fail(CONFIG.failureThreshold);
    const refused = await environment.call();
    expect([SERVICE, 'other'].map((name) => isBreakerRefusal(refused, name))).toEqual([true, false]);
    for (const error of [DOWN, NO, new AppError('SERVICE_UNAVAILABLE', 'Gone.')])
      expect(isBreakerRefusal(error, SERVICE)).toBe(false);
  });

  it('tells those who only want to know, until it is time to try again', async () => {
    const { breaker } = environment;
    await expect(breaker.assertAvailable(SERVICE)).resolves.toBeUndefined();
    await fail(CONFIG.failureThreshold);
    await expect(breaker.assertAvailable(SERVICE)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await world.pass(CONFIG.timeout);
    await expect(world.settled(breaker.assertAvailable(SERVICE))).resolves.toBeUndefined();
  });

  it('that was opened by hand names no time, and never tries', async () => {
    await world.set(openedByHand(world.now, 'We move it.'));
    for (const wait of [0, CONFIG.timeout, 30 * 24 * 3_600_000]) {
      await world.pass(wait);
      expect(await environment.call()).toEqual(refusal({ service: SERVICE }));
      await expect(environment.breaker.assertAvailable(SERVICE)).rejects.toThrow(SERVICE);
    }
    await world.set(closedByHand(world.now, 'It is moved.'));
    await world.pass(1500);
    expect(await environment.call()).toBe('done');
  });
});

describe('a half-open breaker', () => {
  it('closes after as many calls in a row went well as it wants', async () => {
    await due();
    expect(await environment.call()).toBe('done');
    expect(state()).toBe('half-open');
    expect(await environment.call()).toBe('done');
    expect(state()).toBe('closed');
    expect(world.store.stands(SERVICE).failures).toEqual([]);
  });

  it('closes over answers too: who answers "no" is there', async () => {
    await due();
    await fail(2, NO);
    expect(state()).toBe('closed');
  });

  it('opens again, for as long, where the call that tries fails', async () => {
    await due();
    await environment.call();
    await fail(1, BUSY);
    expect(world.store.stands(SERVICE)).toMatchObject({ state: 'open', retryAt: world.now + CONFIG.timeout });
    expect(await environment.call()).toEqual(refusal(expect.objectContaining({ service: SERVICE })));
  });

  it('lets one call try at a time, however many come', async () => {
    await due();
    const calls = Array.from({ length: 20 }, () => environment.call({ ms: 500 }));
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome !== 'done')).toEqual(Array(19).fill(refusal({ service: SERVICE })));
  });

  it('tells its story in the log, under the correlation id of who called', async () => {
    await due();
    await environment.call();
    await environment.call();
    const story = world.store.history(SERVICE).map(({ version, events, metadata }) => ({
      version,
      types: events.map(({ type }) => type),
      correlationId: metadata.correlationId,
    }));
    const types = ['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed'];
    expect(story).toEqual(types.map((type, index) => ({ version: index + 1, types: [type], correlationId: 'corr_1' })));
  });
});

it('counts what came to the service and what was refused', async () => {
  await environment.call();
  await fail(CONFIG.failureThreshold);
  await environment.call();
  await world.pass(10_000);
  await environment.call();
  expect(await world.store.counted(SERVICE)).toEqual({ success: 1, error: 3, rejected: 2 });
});
