import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { completionApi, DONE, FAILED, NO_SEAT, tokenOf, tokenOfNoSaga } from '../../support/sagas/completion-api.ts';
import { SAGA_ID, tripSaga } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip, storyOf } from '../../support/sagas/saga-world.ts';

captureLogLines();
const START = Date.parse('2026-08-19T10:00:00.000Z');
const BEGUN = ['SagaStarted', 'SagaStepStarted flight'];

let world: SagaWorld;
let trip: ReturnType<typeof sagaProcess>;
let complete: ReturnType<typeof completionApi>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  world = sagaWorld();
  await startTrip(world, tripSaga, 'shape-1');
  trip = sagaProcess(world, bookingService(async () => LATER).service);
  complete = completionApi(trip.ports);
  await trip.run('flight');
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a completion that comes too late', () => {
  const timedOut = () => {
    const error = { code: 'TIMEOUT', message: 'The step flight did not finish in time.' };
    return trip.ports.sagas.record(SAGA_ID, 'FailStep', { stepId: 'flight', error });
  };
  const over = () => trip.ports.sagas.record(SAGA_ID, 'EndSaga', { cause: undefined });
  const resumed = async () => {
    await over();
    await trip.ports.sagas.record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {} });
  };
  const begunAnew = async () => {
    await resumed();
    await trip.run('flight', 'token-2', `${SAGA_ID}-r2-1`);
  };

  it.each([
    ['its saga has turned back', () => trip.undo('flight', 'States.Timeout')],
    ['its step timed out', timedOut],
    ['the limit of its step is over', () => vi.setSystemTime(START + 30_001)],
    ['its saga has ended', over],
    ['its saga was resumed', resumed],
    ['its step was begun anew', begunAnew],
  ])('is gone, and nobody hears of it: %s', async (_, happens) => {
    await happens();
    const before = [await storyOf(world), [...world.answered]];
    for (const body of [DONE, FAILED]) expect(await complete(body)).toMatchObject({ status: 410, code: 'GONE' });
    expect([await storyOf(world), world.answered]).toEqual(before);
  });

  it('is in time up to the limit', async () => {
    vi.setSystemTime(START + 30_000);
    expect((await complete(DONE)).status).toBe(204);
  });

  it('does nothing to the run that goes on, which has an address of its own', async () => {
    await begunAnew();
    expect((await complete(DONE)).status).toBe(410);
    expect((await complete(DONE, tokenOf(2))).status).toBe(204);
    expect(world.answered).toEqual(['ok token-2']);
  });
});

describe('an address that is not ours', () => {
  it.each([
    ['another text', 'nothing'],
    ['a changed one', tokenOf().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['one made with another master', tokenOf(1, 'flight', 'a master')],
    ['one of no saga', tokenOfNoSaga()],
  ])('leads to nothing: %s', async (_, token) => {
    expect(await complete(DONE, token)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect([await storyOf(world), world.answered]).toEqual([BEGUN, []]);
  });

  it('is gone where the step has not begun', async () => {
    expect(await complete(DONE, tokenOf(1, 'hotel'))).toMatchObject({ status: 410, code: 'GONE' });
    expect(await storyOf(world)).toEqual(BEGUN);
  });
});

describe('a body that is no completion', () => {
  it.each([
    ['nothing', {}, ['status']],
    ['another status', { status: 'done' }, ['status']],
    ['a failure without an error', { status: 'failed' }, ['error']],
    ['an error without a failure', { status: 'completed', error: NO_SEAT }, ['error']],
    ['a failure with a result', { ...FAILED, result: {} }, ['result']],
    ['a list as result', { status: 'completed', result: [] }, ['result']],
    ['a text as result', { status: 'completed', result: 'ok' }, ['result']],
    ['null as result', { status: 'completed', result: null }, ['result']],
    ['an error without words', { status: 'failed', error: { code: '' } }, ['error.code', 'error.message']],
    [
      'an error with too many words',
      { status: 'failed', error: { code: 'x'.repeat(129), message: 'x'.repeat(2001) } },
      ['error.code', 'error.message'],
    ],
    ['an error with more', { status: 'failed', error: { ...NO_SEAT, stack: 'at' } }, ['error.stack']],
    ['something besides', { ...DONE, stepId: 'hotel' }, ['stepId']],
  ])('is refused with its faults, and changes nothing: %s', async (_, body, paths) => {
    const { status, code, faults } = await complete(body);
    expect([status, code, faults?.map(({ path }) => path)]).toEqual([400, 'VALIDATION_ERROR', paths]);
    expect(await storyOf(world)).toEqual(BEGUN);
    expect((await complete(DONE)).status).toBe(204);
  });
});
