import { describe, expect, it } from 'vitest';
import type { BreakerRecord, Wish } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  admission,
  claimed,
  closedByHand,
  failed,
  holdsProbe,
  openedByHand,
  probeFailed,
  probeSucceeded,
  recentFailures,
  UNTOUCHED,
} from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { after, CONFIG } from '../../../support/breaker/wishes.ts';

const NOW = 1_000_000;
const CALL_MS = 1000;
const DUE = NOW + CONFIG.timeout;
const UNTIL = DUE + 5000 + CALL_MS + 2000;

const failures = (count: number, at = NOW) => Array.from({ length: count }, () => failed(at, CONFIG));
const closed = after(...failures(2));
const open = after(...failures(3));
const byHand = after(openedByHand(NOW, 'We move it.'));
const halfOpen = claimed('a', DUE, CALL_MS)(open);
const free = probeSucceeded('a', DUE, CONFIG)(halfOpen);
const claim = (by: string, now: number) => claimed(by, now, CALL_MS);

describe('a failure', () => {
  it('is kept while the breaker is closed', () => {
    expect(closed).toEqual({ ...UNTOUCHED, failures: [NOW, NOW] });
  });

  it('opens it where it is the one too many, for its timeout', () => {
    expect(open).toEqual({
      ...UNTOUCHED,
      state: 'open',
      version: 1,
      failures: [NOW, NOW, NOW],
      retryAt: NOW + 30_000,
      transitions: [{ at: NOW, from: 'closed', to: 'open', reason: '3 calls failed within 10000 ms.' }],
    });
  });

  it.each([
    [9999, 'open'],
    [10_000, 'closed'],
  ])('counts those of before only inside the period: %i ms', (later, state) => {
    expect(failed(NOW + later, CONFIG)(closed).state).toBe(state);
  });

  it('drops those that no longer count', () => {
    expect(failed(NOW + 10_000, CONFIG)(closed).failures).toEqual([NOW + 10_000]);
    expect(recentFailures(closed, NOW + 9999, CONFIG)).toEqual([NOW, NOW]);
    expect(recentFailures(closed, NOW + 10_000, CONFIG)).toEqual([]);
  });

  it.each<[string, BreakerRecord]>([
    ['open', open],
    ['half-open', halfOpen],
    ['opened by hand', byHand],
  ])('of a call that was let through before is nothing to one that is %s', (_, record) => {
    expect(failed(NOW, CONFIG)(record)).toBe(record);
  });
});

describe('the right to try', () => {
  it('half-opens a breaker whose time has come', () => {
    expect(halfOpen).toMatchObject({ state: 'half-open', version: 2, failures: [], successes: 0 });
    expect(halfOpen.probe).toEqual({ by: 'a', until: UNTIL });
    expect(halfOpen.retryAt).toBeUndefined();
  });

  it.each<[string, BreakerRecord, string, number]>([
    ['closed', closed, 'a', NOW],
    ['open, and it is too early', open, 'a', DUE - 1],
    ['opened by hand', byHand, 'a', NOW + 1e12],
    ['another’s', halfOpen, 'b', UNTIL - 1],
    ['its own already, and long enough', halfOpen, 'a', DUE],
  ])('is not given where the breaker is %s', (_, record, by, now) => {
    expect(claim(by, now)(record)).toBe(record);
  });

  it('goes to the next after a call that went well, or when its time is up', () => {
    expect(claim('b', DUE)(free).probe?.by).toBe('b');
    const taken = claim('b', UNTIL)(halfOpen);
    expect(taken).toEqual({ ...halfOpen, probe: { by: 'b', until: UNTIL + 8000 } });
  });

  it('is prolonged for its holder where a call would not be done in time', () => {
    expect(claim('a', DUE + 5000)(halfOpen)).toBe(halfOpen);
    expect(claim('a', DUE + 5001)(halfOpen).probe).toEqual({ by: 'a', until: UNTIL + 5001 });
  });

  it('serves its holder only while nobody else can have it before a call is done', () => {
    const holds = (by: string, now: number) => holdsProbe(halfOpen, by, now, CALL_MS);
    expect([holds('a', DUE), holds('a', DUE + 5000), holds('a', DUE + 5001), holds('b', DUE)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(holdsProbe(free, 'a', DUE, CALL_MS)).toBe(false);
  });

  it('cannot be lost over clocks: who takes it over is 2 s ahead at most', () => {
    const lastCallEnds = DUE + 5000 + CALL_MS;
    expect(claim('b', lastCallEnds + 2000 - 1)(halfOpen)).toBe(halfOpen);
  });
});

describe('the call that tried', () => {
  it('failed: open again, for as long', () => {
    const again = probeFailed('a', DUE + 10, CONFIG)(halfOpen);
    expect(again).toMatchObject({ state: 'open', failures: [DUE + 10], retryAt: DUE + 10 + 30_000, version: 3 });
    expect(again.probe).toBeUndefined();
  });

  it('went well: another may try, until it is enough', () => {
    expect(free).toMatchObject({ state: 'half-open', successes: 1, version: 2 });
    expect(free.probe).toBeUndefined();
    const well = probeSucceeded('b', DUE, CONFIG)(claim('b', DUE)(free));
    expect(well).toMatchObject({ state: 'closed', successes: 0, failures: [], version: 3 });
    expect(well.transitions[0]?.reason).toBe('2 calls in a row went well.');
  });

  it.each<[string, Wish]>([
    ['failed', probeFailed('b', DUE, CONFIG)],
    ['went well', probeSucceeded('b', DUE, CONFIG)],
  ])('and %s changes nothing where the right is not its own any more', (_, wish) => {
    for (const record of [halfOpen, free, open, closed, byHand]) expect(wish(record)).toBe(record);
  });
});

describe('what is done by hand', () => {
  it('opens from any state, without an end', () => {
    for (const record of [closed, open, halfOpen]) {
      const done = openedByHand(DUE, 'We move it.')(record);
      expect(done).toMatchObject({ state: 'open', version: record.version + 1, failures: [] });
      expect([done.retryAt, done.probe]).toEqual([undefined, undefined]);
    }
  });

  it('closes from any state, and forgets failures', () => {
    for (const record of [open, byHand, halfOpen])
      expect(closedByHand(DUE, 'It is moved.')(record)).toMatchObject({ state: 'closed', failures: [] });
  });

  it('is nothing where it is so already, for the same reason', () => {
    expect(openedByHand(DUE, 'We move it.')(byHand)).toBe(byHand);
    expect(openedByHand(DUE, 'Another.')(byHand)).not.toBe(byHand);
    expect(closedByHand(DUE, 'It is moved.')(closed)).toBe(closed);
  });
});

it.each<[string, BreakerRecord, number, string]>([
  ['closed', closed, NOW, 'pass'],
  ['open, too early', open, DUE - 1, 'reject'],
  ['open, due', open, DUE, 'probe'],
  ['opened by hand', byHand, NOW + 1e12, 'reject'],
  ['half-open, another tries', halfOpen, UNTIL - 1, 'reject'],
  ['half-open, another died', halfOpen, UNTIL, 'probe'],
  ['half-open, nobody tries', free, DUE, 'probe'],
])('a breaker that is %s lets a call through as it should', (_, record, now, expected) => {
  expect(admission(record, 'b', now)).toBe(expected);
});

it('a breaker lets its own holder try', () => {
  expect(admission(halfOpen, 'a', DUE)).toBe('probe');
});
