import { describe, expect, it } from 'vitest';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import { nextCalls, settle } from '../../../functions/events/domain/publication.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { commitOf } from '../../support/log/commits.ts';

function waiting(aggregateId: string, ...texts: string[]): Publication[] {
  const events = storedEvents(commitOf(aggregateId, 0, ...texts));
  return events.map((event) => ({ event, attempts: 0, status: 'waiting' }));
}
const many = (count: number, text = 'x') =>
  Array.from({ length: count }, (_, index) => waiting(`agg-${index}`, text)).flat();
const ids = (calls: Publication[][]) => calls.map((call) => call.map(({ event }) => event.eventId));
const bytesOf = ({ event }: Publication) => Buffer.byteLength(JSON.stringify(event));

describe('the next calls to the bus', () => {
  it('are none where nothing waits', () => {
    expect(nextCalls([])).toEqual([]);
    const done = waiting('a', 'x', 'y').map((one): Publication => ({ ...one, status: 'published' }));
    expect(nextCalls(done)).toEqual([]);
  });

  it.each([
    { events: 1, calls: [1] },
    { events: 10, calls: [10] },
    { events: 11, calls: [10, 1] },
    { events: 25, calls: [10, 10, 5] },
  ])('hold at most ten events each: $events in $calls', ({ events, calls }) => {
    expect(nextCalls(many(events)).map((call) => call.length)).toEqual(calls);
  });

  it('hold at most 256 KB each, counted as the bytes of UTF-8', () => {
    const calls = nextCalls(many(6, 'Ж'.repeat(50_000)));
    expect(calls.map((call) => call.length)).toEqual([2, 2, 2]);
    for (const call of calls) expect(call.map(bytesOf).reduce((a, b) => a + b)).toBeLessThan(256 * 1024);
  });

  it('give an event that is too large for company a call of its own', () => {
    const [small, large, last] = [waiting('s', 'x'), waiting('l', 'x'.repeat(300_000)), waiting('z', 'x')].flat();
    expect(ids(nextCalls([small, large, last] as Publication[]))).toEqual([['s-1'], ['l-1'], ['z-1']]);
  });

  it('take of each aggregate only its first waiting event', () => {
    const all = [...waiting('a', '1', '2', '3'), ...waiting('b', '1', '2')];
    expect(ids(nextCalls(all))).toEqual([['a-1', 'b-1']]);
    settle(all[0] as Publication, {});
    expect(ids(nextCalls(all))).toEqual([['a-2', 'b-1']]);
  });

  it('go past an event that failed for good', () => {
    const all = waiting('a', '1', '2');
    settle(all[0] as Publication, { errorCode: 'MalformedDetail' });
    expect(ids(nextCalls(all))).toEqual([['a-2']]);
  });
});

describe('what the bus said of an event', () => {
  const settled = (...outcomes: Parameters<typeof settle>[1][]) => {
    const [one] = waiting('a', 'x') as [Publication];
    for (const outcome of outcomes) settle(one, outcome);
    return { status: one.status, attempts: one.attempts, error: one.error };
  };

  it('is that it was accepted', () => {
    expect(settled({})).toEqual({ status: 'published', attempts: 1, error: undefined });
  });

  it.each(['ThrottlingException', 'InternalFailure', 'InternalException', 'ServiceUnavailable'])(
    'or %s, which passes',
    (errorCode) => {
      const failure = { status: 'waiting', attempts: 1, error: `${errorCode}: slow down` };
      expect(settled({ errorCode, errorMessage: 'slow down' })).toEqual(failure);
    },
  );

  it.each(['MalformedDetail', 'InvalidArgument', 'NotAuthorizedForSourceException', 'SomethingNew'])(
    'or %s, which is about the event itself',
    (errorCode) => {
      expect(settled({ errorCode })).toEqual({ status: 'failed', attempts: 1, error: `${errorCode}: ` });
    },
  );

  it('counts every try', () => {
    const throttled = { errorCode: 'ThrottlingException', errorMessage: '' };
    expect(settled(throttled, throttled, {})).toMatchObject({ status: 'published', attempts: 3 });
  });
});
