import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import { LATER, ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { SAGA_ID, tripSaga } from '../../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../../support/sagas/saga-world.ts';
import {
  bookingService,
  eventsOf,
  sagaProcess,
  sagaWorld,
  startTrip,
  storyOf,
} from '../../../support/sagas/saga-world.ts';

captureLogLines();
let world: SagaWorld;
beforeEach(async () => {
  world = sagaWorld();
  await startTrip(world);
});

const flight = { sagaId: SAGA_ID, stepId: 'flight' };
const BEGUN = ['SagaStarted', 'SagaStepStarted flight'];
const DONE = [...BEGUN, 'SagaStepCompleted flight'];
const failing = (error: unknown) => bookingService(() => Promise.reject(error));

describe('a step that runs', () => {
  it('calls its service with its input under the data of the saga, records the result and answers its token', async () => {
    const { service, calls } = bookingService();
    const trip = sagaProcess(world, service);
    await trip.run('flight');
    await trip.run('check');
    await trip.run('hotel');
    expect(calls).toEqual([
      ['book', 'flight', { seat: '1A', city: 'Ж' }],
      ['book', 'hotel', { room: 7, city: 'Ж', flightTicket: 7 }],
    ]);
    expect((await eventsOf(world)).slice(1)).toEqual([
      { type: 'SagaStepStarted', data: { stepId: 'flight' } },
      { type: 'SagaStepCompleted', data: { stepId: 'flight', result: { flightTicket: 7 } } },
      { type: 'SagaStepStarted', data: { stepId: 'check' } },
      { type: 'SagaStepCompleted', data: { stepId: 'check', result: {} } },
      { type: 'SagaStepStarted', data: { stepId: 'hotel' } },
      { type: 'SagaStepCompleted', data: { stepId: 'hotel', result: { hotelTicket: 7 } } },
      { type: 'SagaCompleted', data: {} },
    ]);
    expect(world.answered).toEqual(['ok token-flight', 'ok token-check', 'ok token-hotel']);
  });

  it('has its token stored and its beginning recorded before it calls, and its outcome before it answers', async () => {
    const seen: unknown[] = [];
    const { service } = bookingService(async (_, { correlationId }) => {
      seen.push(await world.tokens.get({ ...flight, run: 1 }), await storyOf(world), correlationId, [
        ...world.answered,
      ]);
      return {};
    });
    const { ports, run } = sagaProcess(world, service);
    const { succeed } = ports.answers;
    ports.answers.succeed = async (token) => {
      seen.push(await storyOf(world));
      await succeed(token);
    };
    await run('flight');
    expect(seen).toEqual([{ token: 'token-flight', later: false }, BEGUN, 'corr_1', [], DONE]);
  });

  it('has its token stored before its beginning is recorded, as its end may come right behind that', async () => {
    const { ports, run } = sagaProcess(world, bookingService().service);
    const { put } = ports.tokens;
    ports.tokens.put = async (...token) => {
      expect(await storyOf(world)).toEqual(['SagaStarted']);
      return put(...token);
    };
    await run('flight');
    expect(await storyOf(world)).toEqual(DONE);
  });

  it('belongs to the story of its saga, each event caused by the one before', async () => {
    await sagaProcess(world, bookingService().service).run('flight');
    const { commits } = await world.log.load(SAGA_ID);
    expect(commits.slice(1).map(({ metadata }) => metadata)).toEqual([
      expect.objectContaining({ correlationId: 'corr_1', causationId: `${SAGA_ID}-1` }),
      expect.objectContaining({ correlationId: 'corr_1', causationId: `${SAGA_ID}-2` }),
    ]);
  });

  it('is not run again once it is done: only its token is answered', async () => {
    const { service, calls } = bookingService();
    const { run } = sagaProcess(world, service);
    await run('flight');
    await run('flight', 'token-2');
    expect([calls.length, await storyOf(world), world.answered]).toEqual([1, DONE, ['ok token-flight', 'ok token-2']]);
  });

  it('of no saga is an error', async () => {
    const { run } = sagaProcess(sagaWorld(), bookingService().service);
    await expect(run('flight')).rejects.toMatchObject({ code: 'NOT_FOUND', message: `There is no saga ${SAGA_ID}.` });
  });

  it('is cut off where other writers are always faster, and records nothing', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const busy = { ...world, log: { ...world.log, append: async () => 'conflict' as const } };
    const { service, calls } = bookingService();
    await expect(sagaProcess(busy, service).run('flight')).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
    expect([calls, world.answered]).toEqual([[], []]);
  });
});

describe('a step that fails', () => {
  it.each([
    [
      'its service refused',
      new ServiceRefusal({ code: 'FULL', message: 'There is no seat.' }),
      'FULL',
      'There is no seat.',
    ],
    ['with an error of our family', new AppError('NOT_FOUND', 'No such seat.'), 'NOT_FOUND', 'No such seat.'],
    ['with any other error', new Error('a secret'), 'INTERNAL_ERROR', 'The step flight failed on our side.'],
  ])('records why and says so to its token: %s', async (_, thrown, code, message) => {
    await sagaProcess(world, failing(thrown).service).run('flight');
    expect((await eventsOf(world)).at(-1)).toEqual({
      type: 'SagaStepFailed',
      data: { stepId: 'flight', error: { code, message } },
    });
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('names no operation of its service, also none that every object has', async () => {
    await sagaProcess(world, Object.create({ book: bookingService().service.book })).run('flight');
    const error = { code: 'NOT_FOUND', message: 'The service has no operation book.' };
    expect((await eventsOf(world)).at(-1)).toEqual({ type: 'SagaStepFailed', data: { stepId: 'flight', error } });
  });

  it('takes longer than it may', async () => {
    const hasty = sagaWorld();
    await startTrip(hasty, { ...tripSaga, steps: tripSaga.steps.map((step) => ({ ...step, timeout: 20 })) });
    await sagaProcess(hasty, bookingService(() => new Promise(() => undefined)).service).run('flight');
    expect(hasty.answered).toEqual(['STEP_FAILED token-flight']);
  });
});

describe('a step that is ended later', () => {
  it('leaves, waiting, with nothing recorded or answered', async () => {
    await sagaProcess(world, bookingService(async () => LATER).service).run('flight');
    expect([await storyOf(world), world.answered]).toEqual([BEGUN, []]);
    expect(await world.tokens.get({ ...flight, run: 1 })).toEqual({ token: 'token-flight', later: true });
  });

  it('answers at once where its end came before its function left', async () => {
    const { service } = bookingService(async () => {
      await trip.completions.complete(flight, { seat: 1 });
      return LATER;
    });
    const trip = sagaProcess(world, service);
    await trip.run('flight');
    expect(await storyOf(world)).toEqual(DONE);
    expect(new Set(world.answered)).toEqual(new Set(['ok token-flight']));
  });
});

describe('a saga that is to end', () => {
  const cancel = (process: ReturnType<typeof sagaProcess>) =>
    process.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });

  it('begins no step', async () => {
    const { service, calls } = bookingService();
    const trip = sagaProcess(world, service);
    await cancel(trip);
    await trip.run('flight');
    expect([calls, await storyOf(world)]).toEqual([[], ['SagaStarted', 'SagaCancelRequested']]);
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it.each([
    ['done', { seat: 1 }, [...BEGUN, 'SagaCancelRequested', 'SagaStepCompleted flight']],
    ['waiting', LATER, [...BEGUN, 'SagaCancelRequested']],
  ])('lets a step in mid-call come to its end, and turns back then: %s', async (_, result, story) => {
    const { service, calls } = bookingService(async () => {
      await cancel(trip);
      return result as typeof LATER;
    });
    const trip = sagaProcess(world, service);
    await trip.run('flight');
    expect(await storyOf(world)).toEqual(story);
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
    expect(calls.map(([what]) => what)).toEqual(['book']);
  });
});

describe("a step whose service's breaker is open", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.now() });
    world.refused.add('booking');
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is sent back unharmed, and runs once it is let through', async () => {
    const { service, calls } = bookingService();
    const trip = sagaProcess(world, service);
    await trip.run('flight', 'one');
    expect([await storyOf(world), world.answered, calls]).toEqual([BEGUN, ['STEP_DEFERRED one'], []]);
    vi.setSystemTime(Date.now() + 20_000);
    world.refused.clear();
    await trip.run('flight', 'two');
    expect([await storyOf(world), world.answered]).toEqual([DONE, ['STEP_DEFERRED one', 'ok two']]);
  });

  it('calls nobody any more where the saga was cancelled meanwhile', async () => {
    const { service, calls } = bookingService();
    const trip = sagaProcess(world, service);
    await trip.run('flight', 'one');
    await trip.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
    world.refused.clear();
    await trip.run('flight', 'two');
    expect([calls, world.answered]).toEqual([[], ['STEP_DEFERRED one', 'STEP_FAILED two']]);
    expect((await storyOf(world)).at(-1)).toBe('SagaCancelRequested');
  });

  it('fails when its own time is up, naming the service', async () => {
    const { service, calls } = bookingService();
    const trip = sagaProcess(world, service);
    await trip.run('flight', 'one');
    vi.setSystemTime(Date.now() + 30_000);
    await trip.run('flight', 'two');
    expect((await eventsOf(world)).at(-1)).toEqual({
      type: 'SagaStepFailed',
      data: { stepId: 'flight', error: { code: 'SERVICE_UNAVAILABLE', message: 'booking is unavailable.' } },
    });
    expect([world.answered, calls]).toEqual([['STEP_DEFERRED one', 'STEP_FAILED two'], []]);
  });
});
