import { describe, expect, it } from 'vitest';
import type { Breaker } from '../../../functions/contracts/api/service.ts';
import { serviceRoutes } from '../../../functions/contracts/api/service.ts';
import type { BreakerOverrides } from '../../../functions/contracts/breaker.ts';
import { breakerView } from '../../../functions/services/adapters/breaker-view.ts';
import type { Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  claimed,
  closedByHand,
  failed,
  openedByHand,
  probeFailed,
  probeSucceeded,
  UNTOUCHED,
} from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { registrationOf } from '../../support/breaker/registrations.ts';

const CONFIG = { failureThreshold: 3, successThreshold: 1, timeout: 5000, monitoringPeriod: 10_000 };
const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const at = (seconds: number) => NOW + 1000 * seconds;
const metrics = { success: 7, error: 3, rejected: 1 };

/** A breaker that all this befell, as it is shown at a time in seconds. */
function viewed(seconds: number, wishes: Wish[], overrides: BreakerOverrides = CONFIG): Breaker {
  const breaker = wishes.reduce((record, wish) => wish(record), UNTOUCHED);
  const entry = { registration: registrationOf('billing', overrides), breaker };
  const view = breakerView('billing', entry, { metrics, now: at(seconds) });
  expect(serviceRoutes.getBreaker.answer.data.parse(view), 'is what the API promises').toEqual(view);
  return view;
}

const failedAt = (...seconds: number[]) => seconds.map((second) => failed(at(second), CONFIG));
const OPENED = failedAt(0, 1, 2);
const HALF_OPENED = [...OPENED, claimed('somebody', at(8), 1000)];
const REASONS = {
  opened: '3 calls failed within 10000 ms.',
  tried: 'The time to try again has come.',
  again: 'The call that tried failed.',
  closed: '1 calls in a row went well.',
};

describe('a breaker as the API shows it', () => {
  it('that nothing befell yet is closed, and has no more to tell', () => {
    const config = { failureThreshold: 5, successThreshold: 2, timeout: 60_000, monitoringPeriod: 10_000 };
    expect(viewed(0, [], {})).toStrictEqual({ state: 'closed', failures: 0, config, metrics, transitions: [] });
  });

  it.each([
    [1, 2],
    [9.999, 2],
    [10, 1],
    [10.999, 1],
    [11, 0],
  ])('closed, %d s after the first failure, counts those of its period only: %d', (seconds, failures) => {
    expect(viewed(seconds, failedAt(0, 1))).toStrictEqual({
      state: 'closed',
      failures,
      config: CONFIG,
      metrics,
      transitions: [],
    });
  });

  it('counts over the period that its service was registered with', () => {
    const short = { ...CONFIG, monitoringPeriod: 500 };
    expect(viewed(1.2, failedAt(0, 1), short)).toMatchObject({ failures: 1, config: short });
  });

  it('opened by failures, says how many those were, since when, until when, and why', () => {
    const opened = {
      state: 'open',
      failures: 3,
      openedAt: '2026-08-19T10:00:02.000Z',
      retryAt: '2026-08-19T10:00:07.000Z',
      reason: REASONS.opened,
      config: CONFIG,
      metrics,
      transitions: [{ at: '2026-08-19T10:00:02.000Z', from: 'closed', to: 'open', reason: REASONS.opened }],
    };
    expect(viewed(3, OPENED)).toStrictEqual(opened);
    expect(viewed(3600, OPENED), 'long after').toStrictEqual(opened);
  });

  it('opened by hand, has no time when it tries again', () => {
    const reason = 'It is moved.';
    expect(viewed(9, [...failedAt(0), openedByHand(at(1), reason)])).toStrictEqual({
      state: 'open',
      failures: 0,
      openedAt: '2026-08-19T10:00:01.000Z',
      reason,
      config: CONFIG,
      metrics,
      transitions: [{ at: '2026-08-19T10:00:01.000Z', from: 'closed', to: 'open', reason }],
    });
  });

  it('half-open, says since when it was open, and nothing of who tries', () => {
    expect(viewed(9, HALF_OPENED)).toStrictEqual({
      state: 'half-open',
      failures: 0,
      openedAt: '2026-08-19T10:00:02.000Z',
      reason: REASONS.tried,
      config: CONFIG,
      metrics,
      transitions: [
        { at: '2026-08-19T10:00:08.000Z', from: 'open', to: 'half-open', reason: REASONS.tried },
        { at: '2026-08-19T10:00:02.000Z', from: 'closed', to: 'open', reason: REASONS.opened },
      ],
    });
  });

  it('open again, tells of the last time', () => {
    expect(viewed(9, [...HALF_OPENED, probeFailed('somebody', at(9), CONFIG)])).toMatchObject({
      state: 'open',
      failures: 1,
      openedAt: '2026-08-19T10:00:09.000Z',
      retryAt: '2026-08-19T10:00:14.000Z',
      reason: REASONS.again,
    });
  });

  it.each([
    ['by a call that went well', probeSucceeded('somebody', at(9), CONFIG), REASONS.closed],
    ['by hand', closedByHand(at(9), 'It is well.'), 'It is well.'],
  ])('closed again %s, keeps its reason and its turns, newest first', (_, wish, reason) => {
    const view = viewed(9, [...HALF_OPENED, wish]);
    expect(Object.keys(view).sort()).toEqual(['config', 'failures', 'metrics', 'reason', 'state', 'transitions']);
    expect(view).toMatchObject({ state: 'closed', failures: 0, reason });
    expect(view.transitions.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'half-open closed',
      'open half-open',
      'closed open',
    ]);
  });

  it('of a built-in service stands under the numbers of its name', () => {
    const view = breakerView('storage-service', { breaker: UNTOUCHED }, { metrics, now: NOW });
    expect(view.config).toEqual({ ...CONFIG, successThreshold: 2, timeout: 120_000 });
  });
});
