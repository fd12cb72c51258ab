import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openedByHand } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import type { Environment } from '../../../support/breaker/breaker-world.ts';
import { BreakerWorld, CONFIG, DOWN, SERVICE } from '../../../support/breaker/breaker-world.ts';
import type { Weather } from '../../../support/breaker/store-weather.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
let world: BreakerWorld;
let environment: Environment;
beforeEach(() => {
  world = new BreakerWorld({ wellMs: 10 });
  environment = world.environment();
});
afterEach(() => {
  vi.useRealTimers();
});

const stands = () => world.store.stands(SERVICE);
const befell = (what: string) => world.weather.tally.of(what);
const isRefused = (outcome: unknown) => (outcome as { code?: string }).code === 'SERVICE_UNAVAILABLE';

async function fail(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await environment.call({ error: DOWN });
}

/** What a call costs, in ms, that takes none by itself. */
async function cost(work = {}): Promise<number> {
  const began = world.now;
  await environment.call(work);
  return world.now - began;
}

describe('while the store is down', () => {
  beforeEach(async () => {
    await environment.call();
    world.weather.turn('down');
    await world.pass(1500);
  });
  afterEach(() => expect(befell('refused')).toBeGreaterThan(0));

  it('calls go through that went through before, for as long as it takes', async () => {
    for (let calls = 0; calls < 50; calls += 1) {
      expect(await environment.call()).toBe('done');
      await world.pass(1000);
    }
  });

  it('calls go through in an environment that knows nothing yet', async () => {
    expect(await world.environment().call()).toBe('done');
    expect(world.reached.at(-1)).toMatchObject({ breaker: { state: 'closed' }, isKnown: false });
  });

  it('an environment opens for itself at its first failure, as nobody knows what the others see', async () => {
    await fail(1);
    expect(isRefused(await environment.call())).toBe(true);
    expect(await world.environment().call()).toBe('done');
    expect(stands()).toMatchObject({ revision: 0 });
  });

  it('it tries by itself once a window, and closes for itself', async () => {
    await fail(1);
    await world.pass(CONFIG.timeout);
    await fail(1);
    expect(isRefused(await environment.call())).toBe(true);
    await world.pass(CONFIG.timeout);
    const outcomes = [];
    for (let calls = 0; calls < 4; calls += 1) outcomes.push(await environment.call());
    expect(outcomes).toEqual(Array(4).fill('done'));
    expect(world.reached).toHaveLength(1 + 2 + 4);
    expect(world.reached.slice(-4).map(({ breaker }) => breaker.state)).toEqual([
      'open',
      'half-open',
      'closed',
      'closed',
    ]);
  });

  it('what it made of it is over when the store answers again', async () => {
    await fail(1);
    expect(isRefused(await environment.call())).toBe(true);
    world.weather.turn('well');
    await world.pass(1500);
    expect(await environment.call()).toBe('done');
  });

  it('its counts are kept, and told when the store answers again', async () => {
    await fail(1);
    await world.pass(8500);
    expect(isRefused(await environment.call())).toBe(true);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ message: 'Calls were not counted yet' }));
    world.weather.turn('well');
    await world.pass(10_000);
    await environment.call();
    expect(await world.settled(world.store.counted(SERVICE))).toEqual({ success: 2, error: 1, rejected: 1 });
  });

  it('says so in the log', async () => {
    await environment.call();
    const message = 'The store of breakers did not answer';
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 'WARN', message, breaker: SERVICE }));
  });
});

describe.each<Weather>(['down', 'hanging'])('while the store is %s', (weather) => {
  it('calls stay refused that were refused before', async () => {
    await world.set(openedByHand(world.now, 'We move it.'));
    await environment.call();
    world.weather.turn(weather);
    for (let calls = 0; calls < 50; calls += 1) {
      expect(isRefused(await environment.call())).toBe(true);
      await world.pass(1000);
    }
    expect(befell('refused') + befell('hung')).toBeGreaterThan(0);
    expect(world.reached).toEqual([]);
  });
});

describe.each<Weather>(['down', 'hanging', 'slow'])('a call while the store is %s', (weather) => {
  it('loses at most 50 ms to it, whatever becomes of it', async () => {
    await environment.call();
    const costs: number[] = [];
    const round = async () => {
      for (const work of [{}, { error: DOWN }, {}, {}]) costs.push(await cost(work));
      await world.pass(1500);
      costs.push(await cost());
    };
    world.weather.turn(weather);
    await world.pass(1500);
    for (let rounds = 0; rounds < 3; rounds += 1) await round();
    await world.pass(CONFIG.timeout);
    for (let rounds = 0; rounds < 3; rounds += 1) await round();
    expect(Math.max(...costs)).toBeLessThanOrEqual(51);
    expect(befell('refused') + befell('hung') + befell('late')).toBeGreaterThan(0);
  });
});

describe('a failure of which nobody can say whether the store heard', () => {
  it('is over with the next answer of the store', async () => {
    await environment.call();
    world.weather.turn('slow', 300);
    await fail(1);
    world.weather.turn('down');
    await world.pass(400);
    expect(befell('question lost') + befell('answer lost')).toBeGreaterThan(0);
    expect(isRefused(await environment.call())).toBe(true);
    world.weather.turn('well');
    await world.pass(1500);
    expect(await environment.call()).toBe('done');
  });
});

describe('a store that hangs from the beginning', () => {
  it('is waited for a second by the first call, as it may have to connect first, and by no other', async () => {
    world.weather.turn('hanging');
    const costs: number[] = [];
    for (let calls = 0; calls < 20; calls += 1) {
      costs.push(await cost());
      await world.pass(100);
    }
    const [first, ...others] = costs;
    expect(first).toBeGreaterThanOrEqual(1000);
    expect(first).toBeLessThanOrEqual(1051);
    expect(Math.max(...others)).toBeLessThanOrEqual(51);
  });
});
