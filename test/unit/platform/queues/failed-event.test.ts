import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failedEvent, fingerprintOf } from '../../../../functions/shared/platform/queues/failed-event.ts';
import { runs } from '../../../support/seeds.ts';

afterEach(() => {
  vi.useRealTimers();
});

const failure = {
  subscriptionId: 'task-follower',
  eventType: 'domain.TaskCreated',
  message: '{}',
  error: 'The table is gone.',
  attempts: 3,
};
const print = (change: Partial<typeof failure>) => failedEvent({ ...failure, ...change }).fingerprint;

it('a failed event tells the message, the cause, when it was given up and how often it was tried again', () => {
  vi.setSystemTime('2026-08-20T00:00:00.000Z');
  const { attempts: _, ...told } = failure;
  expect(failedEvent(failure)).toEqual({
    ...told,
    fingerprint: fingerprintOf(failure),
    timestamp: '2026-08-20T00:00:00.000Z',
    retryCount: 2,
  });
});

describe('a fingerprint', () => {
  it('is short, and what it has always been: letters of one cause stay together over deployments', () => {
    expect(print({})).toBe('5eadd72906a42421');
  });

  it.each([
    ['ids', 'task_01J00000000000000000000000 is unknown', 'task_01J00000000000000000000ZZZ is unknown'],
    ['event ids', 'saw saga_01J00000000000000000000000-7', 'saw saga_01J00000000000000000000001-12'],
    ['request ids', `(${randomUUID()})`, `(${randomUUID().toUpperCase()})`],
    ['times', 'since 2026-08-19T10:11:12.345Z', 'since 2027-01-01T00:00:00Z'],
    ['counts', '3 of 25 failed', '17 of 100 failed'],
    ['durations', 'took 1.25 ms', 'took 17 ms'],
    ['hashes', 'sha256 0123456789abcdef0123', 'sha256 abcdef0123456789ffff'],
    ['addresses', 'connect ECONNREFUSED 10.0.0.1:443', 'connect ECONNREFUSED 10.0.12.7:8443'],
  ])('is the same where only %s differ', (_what, one, other) => {
    expect(print({ error: one })).toBe(print({ error: other }));
  });

  it('is the same whatever the message was, and however often it was tried', () => {
    expect(print({ message: 'another', attempts: 1 })).toBe(print({}));
  });

  it.each([
    ['cause', { error: 'The queue is gone.' }],
    ['subscription', { subscriptionId: 'projection-tasks' }],
    ['type of event', { eventType: 'domain.TaskFailed' }],
    ['split of the same letters', { subscriptionId: 'task-followerdomain.', eventType: 'TaskCreated' }],
  ])('is another one for another %s', (_what, change) => {
    expect(print(change)).not.toBe(print({}));
  });

  it.each(['faced', 'decade', 'AccessDenied'])('keeps words that could be hex: %s', (word) => {
    expect(print({ error: `${word} here` })).not.toBe(print({ error: 'other here' }));
  });

  it('never depends on the ids, times and counts around a cause', () =>
    fc.assert(
      fc.property(words, words, twoParticulars, (before, after, [one, other]) => {
        const error = (particular: string) => `${before} ${particular} ${after}`;
        expect(print({ error: error(one) })).toBe(print({ error: error(other) }));
      }),
      { numRuns: 4 * runs() },
    ));
});

const words = fc.stringMatching(/^[A-Za-z ,.:()"']{0,30}$/);
const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2099-01-01'), noInvalidDate: true });
const hex = (length: number) => fc.stringMatching(new RegExp(`^[1-9][0-9a-f]{${length - 1}}$`));
const twice = (texts: fc.Arbitrary<string>) => fc.tuple(texts, texts);

/** Two of one kind. */
const twoParticulars = fc.oneof(
  ...['task', 'saga', 'lease'].map((prefix) => twice(fc.ulid().map((ulid) => `${prefix}_${ulid}`))),
  twice(fc.tuple(fc.ulid(), fc.nat()).map(([ulid, version]) => `work_${ulid}-${version}`)),
  twice(fc.uuid()),
  twice(fc.tuple(hex(8), hex(24)).map((parts) => `1-${parts.join('-')}`)),
  twice(times.map((at) => at.toISOString())),
  twice(fc.nat().map(String)),
);
