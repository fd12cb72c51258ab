import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER, ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { operationOf } from '../../../../functions/shared/platform/sagas/step-call.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { SAGA_ID } from '../../../support/sagas/saga-samples.ts';
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

describe('the undo of a step', () => {
  it('that is done compensates it, with what it gave and what the saga knows', async () => {
    const { service, calls, booked } = bookingService();
    const { run, undo } = sagaProcess(world, service);
    await run('flight');
    expect(booked()).toEqual([`${SAGA_ID}/flight`]);
    await undo('flight', 'OOPS');
    const input = { originalResult: { flightTicket: 7 }, sagaData: { city: 'Ж', flightTicket: 7 } };
    expect(calls.at(-1)).toEqual(['unbook', 'flight', input]);
    expect((await eventsOf(world)).slice(3)).toEqual([
      {
        type: 'SagaCompensationStarted',
        data: { stepId: null, error: { code: 'INTERNAL_ERROR', message: 'The saga was cut off.' } },
      },
      { type: 'SagaStepCompensated', data: { stepId: 'flight', compensation: 'unbook' } },
    ]);
    expect([booked(), world.letters]).toEqual([[], []]);
  });

  it('compensates it once', async () => {
    const { service, calls } = bookingService();
    const { run, undo } = sagaProcess(world, service);
    await run('flight');
    await undo('flight');
    const story = await storyOf(world);
    await undo('flight');
    expect([await storyOf(world), calls.map(([what]) => what)]).toEqual([story, ['book', 'unbook']]);
  });

  it.each([
    ['began, and gave no outcome', async () => LATER, 'SagaStepStarted flight'],
    ['failed', () => Promise.reject(new Error('no')), 'SagaStepFailed flight'],
  ] as [string, Operation['run'], string][])('that %s only clears up after it', async (_, book, last) => {
    const { service, calls } = bookingService(book);
    const { run, undo } = sagaProcess(world, service);
    await run('flight');
    expect((await storyOf(world)).at(-1)).toBe(last);
    await undo('flight');
    expect(calls.at(-1)).toEqual(['abandon', 'flight', { seat: '1A', city: 'Ж' }]);
    expect((await storyOf(world)).at(-1)).toBe('SagaCompensationStarted flight');
  });

  it('that cannot be cleared up after is a dead letter, and keeps nothing else from being undone', async () => {
    vi.useFakeTimers();
    const { service } = bookingService(async () => LATER);
    const stuck = vi.fn(() => Promise.reject(new Error('The bucket is gone.')));
    const { run, undo } = sagaProcess(world, { ...service, book: { run: async () => LATER, abandon: stuck } });
    await run('flight');
    const undone = undo('flight');
    await vi.advanceTimersByTimeAsync(10_000);
    await undone;
    vi.useRealTimers();
    expect(stuck).toHaveBeenCalledTimes(3);
    expect(world.letters).toMatchObject([{ error: 'INTERNAL_ERROR: The step flight failed on our side.' }]);
  });

  it('that never began leaves it alone, and turns the saga back all the same', async () => {
    const { service, calls } = bookingService();
    await sagaProcess(world, service).undo('flight');
    expect([calls, await storyOf(world)]).toEqual([[], ['SagaStarted', 'SagaCompensationStarted']]);
  });

  it('does nothing to a saga that is completed', async () => {
    const { service, calls } = bookingService();
    const { run, undo } = sagaProcess(world, service);
    for (const stepId of ['flight', 'check', 'hotel']) await run(stepId);
    const story = await storyOf(world);
    await undo('hotel', 'States.Timeout');
    expect([await storyOf(world), calls.map(([what]) => what)]).toEqual([story, ['book', 'book']]);
  });

  it('of a step whose operation leaves nothing behind calls nobody: no breaker hears of it, open or not', async () => {
    const { run, undo } = sagaProcess(world, { book: { run: async () => LATER } });
    await run('flight');
    world.refused.add('booking');
    await undo('flight');
    expect((await storyOf(world)).at(-1)).toBe('SagaCompensationStarted flight');
    expect(world.letters).toEqual([]);
  });

  it('of a step that named no operation has nothing to clear, and does not fail', async () => {
    const { run, undo } = sagaProcess(world, {});
    await run('flight');
    await undo('flight', 'NOT_FOUND');
    expect((await storyOf(world)).slice(2)).toEqual(['SagaStepFailed flight', 'SagaCompensationStarted flight']);
  });

  it('of no saga is an error', async () => {
    const { undo } = sagaProcess(sagaWorld(), bookingService().service);
    await expect(undo('flight')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a compensation that fails', () => {
  it.each([
    [
      'its service refuses it',
      new ServiceRefusal({ code: 'GONE', message: 'It flew.' }),
      { code: 'GONE', message: 'It flew.' },
    ],
    ['it errs', new Error('a secret'), { code: 'INTERNAL_ERROR', message: 'The step flight failed on our side.' }],
  ])('is recorded and dead-lettered, and nothing is thrown: %s', async (_, thrown, error) => {
    const { service } = bookingService();
    const broken = { ...service, unbook: { run: () => Promise.reject(thrown) } };
    const { run, undo } = sagaProcess(world, broken);
    await run('flight');
    await undo('flight', 'OOPS');
    expect((await eventsOf(world)).at(-1)).toEqual({
      type: 'SagaCompensationFailed',
      data: { stepId: 'flight', compensation: 'unbook', error },
    });
    expect(world.letters).toEqual([
      {
        subscriptionId: 'booking',
        eventType: 'saga.unbook',
        message: JSON.stringify({ do: 'undo-again', sagaId: SAGA_ID, stepId: 'flight', run: 1 }),
        error: `${error.code}: ${error.message}`,
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        timestamp: expect.stringMatching(/Z$/),
        retryCount: 0,
      },
    ]);
  });

  it('is not tried again, and does not keep the others from being undone', async () => {
    const { service, booked } = bookingService();
    const unbook: Operation = {
      async run(input, context) {
        if (context.stepId === 'hotel') throw new Error('no');
        return operationOf(service, 'unbook').run(input, context);
      },
    };
    const { ports, run, undo } = sagaProcess(world, { ...service, unbook });
    await run('flight');
    await ports.sagas.record(SAGA_ID, 'StartStep', { stepId: 'hotel' });
    await ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
    await run('hotel');
    for (const stepId of ['hotel', 'hotel', 'flight']) await undo(stepId, 'CANCELLED');
    expect((await storyOf(world)).slice(-3)).toEqual([
      'SagaCompensationStarted',
      'SagaCompensationFailed hotel',
      'SagaStepCompensated flight',
    ]);
    expect([booked(), world.letters.length]).toEqual([[`${SAGA_ID}/hotel`], 1]);
  });
});
