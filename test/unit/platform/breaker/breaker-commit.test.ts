import { afterEach, describe, expect, it, vi } from 'vitest';
import { breakerEvents } from '../../../../functions/contracts/events/breaker-events.v1.ts';
import { breakerCommit } from '../../../../functions/shared/platform/breaker/breaker-commit.ts';
import type { Wish } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  claimed,
  closedByHand,
  failed,
  openedByHand,
  probeSucceeded,
  UNTOUCHED,
} from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { after, CONFIG } from '../../../support/breaker/wishes.ts';

const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const RETRY_AT = '2026-08-19T10:00:30.000Z';
const OPENED: Wish[] = Array.from({ length: 3 }, () => failed(NOW, CONFIG));
const HALF_OPENED = [...OPENED, claimed('a', NOW + 30_000, 1000)];
const CLOSED = [
  ...HALF_OPENED,
  probeSucceeded('a', NOW + 30_100, CONFIG),
  claimed('a', NOW + 30_200, 1000),
  probeSucceeded('a', NOW + 30_300, CONFIG),
];

const commitOf = (...wishes: Wish[]) =>
  breakerCommit('billing', after(...wishes), { commitId: 'commit', correlationId: 'corr' });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the turn of a breaker, as it goes to the log,', () => {
  it('stands at the breaker’s own version, under who caused it', () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1');
    expect(commitOf(...CLOSED)).toMatchObject({
      aggregateId: 'breaker_billing',
      version: 3,
      lastVersion: 3,
      commitId: 'commit',
      committedAt: '2026-08-19T10:00:30.300Z',
      metadata: { correlationId: 'corr', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    });
  });

  it.each<[string, Wish[], object]>([
    ['BreakerOpened', OPENED, { from: 'closed', reason: '3 calls failed within 10000 ms.', retryAt: RETRY_AT }],
    ['BreakerOpened', [openedByHand(NOW, 'We move it.')], { from: 'closed', reason: 'We move it.' }],
    ['BreakerHalfOpened', HALF_OPENED, { from: 'open', reason: 'The time to try again has come.' }],
    ['BreakerClosed', CLOSED, { from: 'half-open', reason: '2 calls in a row went well.' }],
    ['BreakerClosed', [...OPENED, closedByHand(NOW, 'It is well.')], { from: 'open', reason: 'It is well.' }],
  ])('is the event %s of the contract', (type, wishes, data) => {
    const { events } = commitOf(...wishes);
    expect(events).toEqual([{ type, data: { service: 'billing', ...data } }]);
    for (const event of events) expect(breakerEvents.read(event)).toBe(event);
  });

  it('is never before the one before it, whoever’s clock it was', () => {
    const times = [NOW, NOW - 1500, NOW - 1800, NOW - 1000, NOW + 1];
    const wishes = times.map((at, index) => (index % 2 === 0 ? openedByHand(at, 'on') : closedByHand(at, 'off')));
    const committed = wishes.map((_, index) => commitOf(...wishes.slice(0, index + 1)).committedAt);
    const now = new Date(NOW).toISOString();
    expect(committed).toEqual([now, now, now, now, new Date(NOW + 1).toISOString()]);
  });
});

it('a breaker that never turned has nothing to tell', () => {
  const nothing = () => breakerCommit('billing', UNTOUCHED, { commitId: 'commit', correlationId: 'corr' });
  expect(nothing).toThrow('never turned');
});
