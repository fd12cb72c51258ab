import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Counts } from '../../../../functions/shared/platform/breaker/call-counts.ts';
import { systemClock } from '../../../../functions/shared/platform/breaker/clock.ts';
import { MemoryServiceStore } from '../../../support/breaker/memory-service-store.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
let isDown = false;
let store: MemoryServiceStore;
let counts: Counts;
beforeEach(() => {
  vi.useFakeTimers();
  isDown = false;
  store = new MemoryServiceStore(async (_what, serve) => {
    if (isDown) throw new Error('no route');
    return serve();
  });
  counts = new Counts(store, systemClock);
});
afterEach(() => {
  vi.useRealTimers();
});

const add = async (kind: 'success' | 'error' | 'rejected', times = 1, service = 'billing') => {
  for (let time = 0; time < times; time += 1) await counts.add(service, kind);
};
const told = () => store.served.of('count');
const counted = (service = 'billing') => store.counted(service);
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

it('the first call is told at once: nobody may come after it', async () => {
  await add('success');
  expect(await counted()).toEqual({ success: 1, error: 0, rejected: 0 });
});

it('those that follow are told together, ten seconds later at the most', async () => {
  await add('success');
  await add('success', 500);
  await add('error', 20);
  await add('rejected', 3);
  await seconds(9.9);
  expect(told()).toBe(1);
  await seconds(0.2);
  expect(told()).toBe(2);
  expect(await counted()).toEqual({ success: 501, error: 20, rejected: 3 });
});

it('are told at most every ten seconds, however many, and none twice', async () => {
  for (let second = 0; second < 60; second += 1) {
    await add('success', 10);
    await seconds(1);
  }
  await seconds(20);
  expect(told()).toBeLessThanOrEqual(7);
  expect(await counted()).toEqual({ success: 600, error: 0, rejected: 0 });
});

it('are told once by whoever comes first after a pause, and not by the timer too', async () => {
  await add('success');
  await seconds(5);
  await add('success');
  await seconds(7);
  await add('error');
  expect(told()).toBe(2);
  await seconds(60);
  expect(told()).toBe(2);
  expect(await counted()).toEqual({ success: 2, error: 1, rejected: 0 });
});

it('of services are apart', async () => {
  await add('success', 1, 'billing');
  await add('error', 1, 'mail');
  expect([await counted('billing'), await counted('mail')]).toEqual([
    { success: 1, error: 0, rejected: 0 },
    { success: 0, error: 1, rejected: 0 },
  ]);
});

it('that could not be told are told with the next ones', async () => {
  isDown = true;
  await add('success', 3);
  expect(logs.lines()).toEqual([expect.objectContaining({ level: 'WARN', breaker: 'billing', reason: 'no route' })]);
  await seconds(11);
  isDown = false;
  await add('error');
  await seconds(11);
  expect(await counted()).toEqual({ success: 3, error: 1, rejected: 0 });
});

it('keep no process alive', async () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  await add('success', 2);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
});
