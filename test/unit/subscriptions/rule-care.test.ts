import { describe, expect, it } from 'vitest';
import {
  catchUpFrom,
  earlier,
  isLongResumed,
  isLost,
  takesEffectAt,
} from '../../../functions/subscriptions/domain/rule-care.ts';
import { hearsFrom, statusOf, viewOf } from '../../../functions/subscriptions/domain/subscription.ts';
import { HOOK, sampleSubscription } from '../../support/subscriptions/subscription-samples.ts';

const RULE_AT = '2026-08-19T10:00:05.000Z';
const at = (iso: string) => Date.parse(iso);

describe('a new subscription', () => {
  it('hears from its creation on, but for what clocks differ, and is to be looked after from there', () => {
    const one = sampleSubscription();
    expect([hearsFrom(one), one.catchUpFrom]).toEqual(Array(2).fill('2026-08-19T09:59:58.000Z'));
    expect(viewOf(one)).toEqual({
      subscriptionId: one.subscriptionId,
      eventType: 'order.placed',
      target: { url: HOOK },
      retryPolicy: { maxAttempts: 3 },
      deadLetterQueue: true,
      status: 'pending',
      metrics: { success: 0, error: 0 },
      createdAt: '2026-08-19T10:00:00.000Z',
      updatedAt: '2026-08-19T10:00:00.000Z',
    });
  });

  it.each([
    [{ isPaused: true, isReady: true }, 'paused'],
    [{ isPaused: true, isReady: false }, 'paused'],
    [{ isPaused: false, isReady: true }, 'active'],
    [{ isPaused: false, isReady: false }, 'pending'],
  ])('%j shows as %s', (state, status) => {
    expect(statusOf(sampleSubscription({}, state))).toBe(status);
  });

  it('shows its filter and its last error where there are any', () => {
    const view = viewOf(sampleSubscription({ filter: { a: [1] } }, { lastError: 'It failed.', failures: 2 }));
    expect(view).toMatchObject({ filter: { a: [1] }, metrics: { error: 2, lastError: 'It failed.' } });
  });
});

describe('a rule', () => {
  it('has taken effect two minutes after it was put', () => {
    expect(takesEffectAt(RULE_AT)).toBe('2026-08-19T10:02:05.000Z');
  });

  it.each([
    ['is listed', RULE_AT, true, false],
    ['is not listed', RULE_AT, false, true],
    ['was put just before the look', '2026-08-19T10:00:50.000Z', false, false],
    ['was put a moment earlier than that', '2026-08-19T10:00:49.999Z', false, true],
    ['was never put', undefined, false, false],
  ])('that %s', (_what, ruleAt, isListed, lost) => {
    const one = sampleSubscription({}, ruleAt === undefined ? {} : { ruleAt });
    const rules = new Set(isListed ? [one.subscriptionId] : []);
    expect(isLost(one, rules, at('2026-08-19T10:01:00.000Z'))).toBe(lost);
  });
});

describe('the log is looked through', () => {
  const settled = (createdAt: string) => {
    const { catchUpFrom: _, ...rest } = sampleSubscription({ createdAt }, { ruleAt: RULE_AT, isReady: true });
    return rest;
  };

  it('from where it is to be for a new subscription, whenever all were looked after', () => {
    expect(catchUpFrom(sampleSubscription(), undefined)).toBe('2026-08-19T09:59:58.000Z');
    expect(catchUpFrom(sampleSubscription(), '2026-08-19T12:00:00.000Z')).toBe('2026-08-19T09:59:58.000Z');
  });

  it('from two minutes before the last look, where the rule is lost', () => {
    expect(catchUpFrom(settled('2026-08-01T00:00:00.000Z'), '2026-08-19T12:00:00.000Z')).toBe(
      '2026-08-19T11:58:00.000Z',
    );
  });

  it('never from before the subscription, and from its creation where nobody ever looked', () => {
    expect(catchUpFrom(settled('2026-08-19T11:59:00.000Z'), '2026-08-19T12:00:00.000Z')).toBe(
      '2026-08-19T11:58:58.000Z',
    );
    expect(catchUpFrom(settled('2026-08-01T00:00:00.000Z'), undefined)).toBe('2026-07-31T23:59:58.000Z');
  });

  it('from where it had got to, where the rule is lost in the middle of it', () => {
    const from = '2026-08-19T10:00:40.000Z_evt_1_000000001';
    expect(catchUpFrom(sampleSubscription({}, { catchUpFrom: from }), '2026-08-19T12:00:00.000Z')).toBe(from);
    expect(catchUpFrom(sampleSubscription({}, { catchUpFrom: from }), undefined)).toBe(from);
  });

  it('by texts that sort as times do: a position stands behind its moment', () => {
    const moment = '2026-08-19T10:00:40.000Z';
    const position = `${moment}_evt_1_000000001`;
    for (const [one, other] of [
      [moment, position],
      [position, '2026-08-19T10:00:40.001Z'],
      [moment, '2026-08-19T10:00:41.000Z'],
    ] as const)
      expect([earlier(one, other), earlier(other, one)]).toEqual([one, one]);
  });
});

describe('a resumption is long ago', () => {
  const NOW = at('2026-08-19T11:00:00.000Z');
  it.each([
    ['never, where there was none', {}, false],
    ['not just now', { resumedAt: '2026-08-19T10:59:59.000Z' }, false],
    ['not by a clock that is ahead', { resumedAt: '2026-08-19T11:00:02.000Z' }, false],
    ['not within ten minutes', { resumedAt: '2026-08-19T10:50:00.000Z' }, false],
    ['after ten minutes', { resumedAt: '2026-08-19T10:49:59.999Z' }, true],
  ])('%s', (_what, state, isLong) => {
    expect(isLongResumed(sampleSubscription({}, state), NOW)).toBe(isLong);
  });
});
