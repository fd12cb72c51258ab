import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TryOutcome } from '../../../functions/contracts/webhook-outcome.ts';
import { retryAfterMs } from '../../../functions/shared/platform/webhooks/retry-after.ts';
import { afterTry } from '../../../functions/webhooks/domain/delivery-schedule.ts';
import { runs } from '../../support/seeds.ts';

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const DELAYS = [5, 60, 300];
const FAILED: TryOutcome = {
  attempt: { at: '2026-08-19T10:00:00.000Z', durationMs: 1, error: 'It failed.' },
  delivered: false,
  gone: false,
  retryAfterMs: 0,
};
const schedule = (random: number) => ({ delaysSeconds: DELAYS, random: () => random });

describe('after a try', () => {
  it('that delivered, the message is done, also the last one', () => {
    for (const tries of [1, 4])
      expect(afterTry({ ...FAILED, delivered: true }, tries, schedule(0))).toEqual({ status: 'delivered' });
  });

  it.each([
    [1, 0, 4000],
    [1, 0.5, 5000],
    [2, 0, 48_000],
    [3, 0.75, 330_000],
  ])('that failed, the %ith, and a draw of %d, the next one waits %d ms', (tries, random, waitMs) => {
    const verdict = afterTry(FAILED, tries, schedule(random));
    expect(verdict).toEqual({ status: 'pending', waitMs: expect.closeTo(waitMs, 3) });
  });

  it('that failed after the last delay, the message is given up, whatever its receiver asks for', () => {
    expect(afterTry({ ...FAILED, retryAfterMs: 1000 }, 4, schedule(0))).toEqual({ status: 'exhausted' });
  });

  it('whose receiver is gone, the message is given up at once', () => {
    expect(afterTry({ ...FAILED, gone: true }, 1, schedule(0))).toEqual({ status: 'exhausted' });
  });

  it.each([
    [1, 1, 'exhausted'],
    [1, 2, 'pending'],
    [3, 3, 'exhausted'],
    [4, 9, 'pending'],
    [8, 9, 'pending'],
    [9, 9, 'exhausted'],
    [12, 9, 'exhausted'],
  ])('the %ith that failed, of %i that its receiver wants, it is %s', (tries, maxTries, status) => {
    const verdict = afterTry(FAILED, tries, { ...schedule(0.5), maxTries });
    expect(verdict.status).toBe(status);
    const last = (DELAYS[tries - 1] ?? 300) * 1000;
    if (verdict.status === 'pending') expect(verdict.waitMs).toBeCloseTo(last, 3);
  });

  it('that failed, where the schedule has no delay, the message is given up, whatever its receiver wants', () => {
    const noDelays = { delaysSeconds: [], random: () => 0, maxTries: 3 };
    expect(afterTry(FAILED, 1, noDelays)).toEqual({ status: 'exhausted' });
  });

  it('the wait is within a fifth of its delay, and never shorter than the receiver asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: DELAYS.length }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: DAY_MS }),
        (tries, random, asked) => {
          const verdict = afterTry({ ...FAILED, retryAfterMs: asked }, tries, schedule(random));
          const delay = (DELAYS[tries - 1] ?? 0) * 1000;
          const waitMs = verdict.status === 'pending' ? verdict.waitMs : Number.NaN;
          expect(waitMs).toBeGreaterThanOrEqual(Math.max(0.8 * delay, asked));
          expect(waitMs).toBeLessThanOrEqual(Math.max(1.2 * delay, asked));
        },
      ),
      { numRuns: runs() },
    );
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['86400', DAY_MS],
    ['86401', DAY_MS],
    ['9'.repeat(400), DAY_MS],
    ['Wed, 19 Aug 2026 10:01:30 GMT', 90_000],
    ['Wednesday, 19-Aug-26 10:01:30 GMT', 90_000],
    ['Wed Aug 19 10:01:30 2026', 90_000],
    ['Wed, 19 Aug 2026 09:59:59 GMT', 0],
    ['Wed, 19 Aug 2030 10:00:00 GMT', DAY_MS],
  ])('%s is %d ms', (value, expected) => {
    expect(retryAfterMs(value, NOW)).toBe(expected);
  });

  it.each([undefined, '', 'soon', '-5', '1.5', '1e3', '0x10', '2026-08-20', 'Wed, 99 Foo 2026 10:00:00 GMT', '5, 6'])(
    '%j says nothing',
    (value) => {
      expect(retryAfterMs(value, NOW)).toBe(0);
    },
  );
});
