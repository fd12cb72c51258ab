import { afterEach, describe, expect, it, vi } from 'vitest';
import { Bus } from '../../support/delivery/bus.ts';
import { Queue } from '../../support/delivery/queue.ts';
import type { Weather } from '../../support/delivery/world.ts';
import { World } from '../../support/delivery/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

function busWith(weather: Partial<Weather>) {
  const world = new World(3, weather);
  const bus = new Bus(world);
  const queue = new Queue(world, { name: 'inbox', visibilityTimeout: 30 });
  bus.route({ source: 'domain', detailTypes: ['domain.Task*', 'domain.SagaFailed'], queue });
  return { world, bus, queue };
}
const entries = (count: number, DetailType = 'domain.TaskCreated', Source = 'domain') => ({
  Entries: Array.from({ length: count }, (_, n) => ({ Source, DetailType, Detail: JSON.stringify({ n }) })),
});
const numbers = (bodies: string[]) => bodies.map((body) => (JSON.parse(body) as { detail: { n: number } }).detail.n);

describe('the bus', () => {
  it('brings what it took to the queues whose rules match, in an envelope', async () => {
    const { world, bus, queue } = busWith({});
    for (const type of ['domain.TaskCreated', 'domain.SagaFailed', 'domain.SagaStarted']) bus.put(entries(1, type));
    bus.put(entries(1, 'domain.TaskCreated', 'elsewhere'));
    await world.clock.run();
    expect(queue.bodies.map((body) => JSON.parse(body))).toEqual([
      { version: '0', id: 'bus-1', source: 'domain', 'detail-type': 'domain.TaskCreated', detail: { n: 0 } },
      { version: '0', id: 'bus-2', source: 'domain', 'detail-type': 'domain.SagaFailed', detail: { n: 0 } },
    ]);
  });

  it('says by its slot which entry it did not take', async () => {
    const { world, bus, queue } = busWith({ entriesFail: 1 });
    const { FailedEntryCount = 0, Entries = [] } = bus.put(entries(10));
    const taken = Entries.flatMap(({ ErrorCode }, slot) => (ErrorCode === undefined ? [slot] : []));
    await world.clock.run();
    expect([FailedEntryCount > 0, taken.length]).toEqual([true, 10 - FailedEntryCount]);
    expect(numbers(queue.bodies)).toEqual(taken);
  });

  it('takes nothing of a call that it throttles, and all of one whose answer is lost', async () => {
    const { world, bus, queue } = busWith({ throttled: 1 });
    expect(() => bus.put(entries(2))).toThrow('Rate exceeded');
    world.weather = { ...world.weather, throttled: 0, answerLost: 1 };
    expect(() => bus.put(entries(2))).toThrow('socket hang up');
    await world.clock.run();
    expect(numbers(queue.bodies)).toEqual([0, 1]);
  });

  it('brings an event one to four times, in any order', async () => {
    const { world, bus, queue } = busWith({ eventAgain: 0.6, disorder: 1 });
    for (let call = 0; call < 5; call += 1) bus.put(entries(10));
    await world.clock.run();
    const times = Array.from({ length: 10 }, (_, n) => numbers(queue.bodies).filter((one) => one === n).length / 5);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...times)).toBeLessThanOrEqual(4);
    expect(world.tally.of('eventAgain')).toBe(queue.bodies.length - 50);
    expect(numbers(queue.bodies)).not.toEqual([...numbers(queue.bodies)].sort());
  });

  it('refuses a call with more than ten entries', () => {
    const { bus } = busWith({});
    expect(() => bus.put(entries(11))).toThrow('11 entries are too many.');
    expect(bus.accepted).toEqual([]);
  });
});
