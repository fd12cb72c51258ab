import { describe, expect, it } from 'vitest';
import {
  dueAt,
  estimatedCompletion,
  isSeen,
  nextStep,
  restsUntil,
  retryDelay,
  timestamp,
} from '../../../functions/requests/domain/request.ts';
import { begun, completed, cutOff, failed, triedInVain } from '../../../functions/requests/domain/request-changes.ts';
import { CREATED, FAILURE, sampleRequest } from '../../support/requests/request-samples.ts';

const NOW = Date.parse(CREATED);
const request = sampleRequest({ timeout: 1000, retries: 1 });
const trying = begun(request, NOW).next;
const waiting = triedInVain(trying, FAILURE, NOW + 500).next;
const retrying = begun(waiting, NOW + 2500).next;
const ended = completed(trying, 1, NOW + 500).next;

describe('a request', () => {
  it.each([
    [1, 2000],
    [2, 4000],
    [3, 8000],
    [4, 10_000],
    [10, 10_000],
  ])('waits after its %d. try for %d ms', (tries, ms) => {
    expect(retryDelay(tries)).toBe(ms);
  });

  it.each([
    [0, 30_000],
    [1, 62_000],
    [3, 134_000],
    [10, 11 * 30_000 + 14_000 + 7 * 10_000],
  ])('with %d retries of 30 s takes at most %d ms', (retries, ms) => {
    expect(estimatedCompletion(sampleRequest({ retries }))).toBe(timestamp(NOW + ms));
  });

  it.each([
    ['a new one', request, 0, { kind: 'try' }],
    ['one whose try is at work', trying, 20_999, { kind: 'taken' }],
    ['one whose try never ended', trying, 21_000, { kind: 'try' }],
    ['one that waits', waiting, 2499, { kind: 'wait', ms: 1 }],
    ['one whose time has come', waiting, 2500, { kind: 'try' }],
    ['one whose last try is at work', retrying, 23_499, { kind: 'taken' }],
    ['one whose last try never ended', retrying, 23_500, { kind: 'cut-off' }],
    ['one that has ended', ended, 1e9, { kind: 'ended' }],
  ])('says what is to be done: %s', (_which, record, ms, step) => {
    expect(nextStep(record, NOW + ms)).toEqual(step);
  });

  it.each([
    ['new', request, 60_000],
    ['at work', trying, 21_000],
    ['waiting', waiting, 2500 + 60_000],
  ])('is looked after: %s', (_which, record, ms) => {
    expect(dueAt(record)).toBe(timestamp(NOW + ms));
  });

  it('is looked after no more when it has ended, and is seen for 5 minutes', () => {
    expect(dueAt(ended)).toBeUndefined();
    expect([isSeen(ended, NOW + 300_499), isSeen(ended, NOW + 300_500)]).toEqual([true, false]);
    expect(isSeen(trying, NOW + 1e12)).toBe(true);
  });

  it.each([
    ['new', request, false],
    ['at work', trying, false],
    ['waiting for a try before that', waiting, false],
    ['waiting for that moment', triedInVain(trying, FAILURE, NOW + 1000).next, true],
    ['ended', ended, true],
  ])('rests until a moment or not: %s', (_which, record, rests) => {
    expect(restsUntil(record, NOW + 3000)).toBe(rests);
  });
});

describe('a change', () => {
  it('to a first try tells of it, and counts it before it is made', () => {
    const { next, message } = begun(request, NOW);
    expect(next).toEqual({
      ...request,
      status: 'processing',
      attempts: 1,
      running: timestamp(NOW + 21_000),
      changes: 1,
      revision: 2,
    });
    expect(message).toEqual({ requestId: request.requestId, status: 'processing', timestamp: CREATED });
  });

  it('to the next try or to a wait tells nothing', () => {
    const vain = triedInVain(trying, FAILURE, NOW + 500);
    const { running: _, ...rest } = trying;
    const updatedAt = timestamp(NOW + 500);
    expect(vain).toEqual({ before: trying, next: { ...rest, nextAt: timestamp(NOW + 2500), revision: 3, updatedAt } });
    expect(begun(vain.next, NOW + 2500)).not.toHaveProperty('message');
    expect(retrying).toMatchObject({ attempts: 2, changes: 1, running: timestamp(NOW + 23_500) });
    expect(retrying).not.toHaveProperty('nextAt');
  });

  it('to a result gives it to the row and to the message', () => {
    const { next, message, result } = completed(retrying, { booked: true }, NOW + 3000);
    expect(next).toMatchObject({ status: 'completed', attempts: 2, changes: 2, goneAt: timestamp(NOW + 303_000) });
    expect(Object.keys(next)).not.toEqual(expect.arrayContaining(['running']));
    expect(message).toMatchObject({ status: 'completed', result: { booked: true } });
    expect(result).toEqual({ value: { booked: true } });
  });

  it.each([
    ['of any kind', failed(trying, FAILURE, NOW)],
    ['after the last try', triedInVain(retrying, FAILURE, NOW)],
  ])('to a failure %s tells its code and message, and keeps its details', (_which, { next, message }) => {
    const { details: _, ...error } = FAILURE;
    expect(next).toMatchObject({ status: 'failed', failure: FAILURE, goneAt: timestamp(NOW + 300_000) });
    expect(message).toEqual({ requestId: request.requestId, status: 'failed', timestamp: CREATED, error });
  });

  it('to a cut-off one says so', () => {
    const failure = { code: 'INTERNAL_ERROR', message: 'The last try was cut off.' };
    expect(cutOff(retrying, NOW).next).toMatchObject({ status: 'failed', failure, attempts: 2 });
  });
});
