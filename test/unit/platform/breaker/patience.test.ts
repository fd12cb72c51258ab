import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../functions/shared/platform/breaker/clock.ts';
import { Patience } from '../../../../functions/shared/platform/breaker/patience.ts';

vi.mock('node:timers/promises', () => import('../../../support/fake-sleep.ts'));
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = <Value>(ms: number, value: Value) =>
  new Promise<Value>((resolve) => setTimeout(() => resolve(value), ms));

async function waited<Value>(patience: Patience, promise: Promise<Value>) {
  const outcome = patience.wait(promise);
  await vi.advanceTimersByTimeAsync(1000);
  return outcome;
}

it('gives what is done in time, and no timer stays', async () => {
  const patience = new Patience(systemClock, 50);
  const outcome = patience.wait(after(20, 'value'));
  await vi.advanceTimersByTimeAsync(20);
  expect(await outcome).toEqual({ kind: 'done', value: 'value' });
  expect(vi.getTimerCount()).toBe(0);
});

it('says that something failed, and not how', async () => {
  expect(await waited(new Patience(systemClock, 50), Promise.reject(new Error('no')))).toEqual({ kind: 'failed' });
});

it.each([
  [49, 'done'],
  [51, 'late'],
])('waits for 50 ms: what takes %i ms is %s', async (ms, kind) => {
  const began = Date.now();
  const ended = new Patience(systemClock, 50).wait(after(ms, 1)).then((outcome) => [outcome.kind, Date.now() - began]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await ended).toEqual([kind, Math.min(ms, 50)]);
});

it('is one for all that it waits for', async () => {
  const patience = new Patience(systemClock, 50);
  const first = patience.wait(after(30, 1));
  await vi.advanceTimersByTimeAsync(30);
  await first;
  expect(patience.left).toBe(20);
  const second = patience.wait(after(25, 2));
  await vi.advanceTimersByTimeAsync(25);
  expect([await second, patience.left]).toEqual([{ kind: 'late' }, 0]);
});

it('that is used up still takes what is there already', async () => {
  const none = new Patience(systemClock, -1);
  expect(none.left).toBe(0);
  expect(await waited(none, Promise.resolve('there'))).toEqual({ kind: 'done', value: 'there' });
  expect(await waited(none, after(10, 'later'))).toEqual({ kind: 'late' });
});

it('leaves what is late to itself: its failure is nobody’s', async () => {
  const failure = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('much later')), 500));
  expect(await waited(new Patience(systemClock, 50), failure)).toEqual({ kind: 'late' });
});
