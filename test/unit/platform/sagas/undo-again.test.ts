import { beforeEach, describe, expect, it } from 'vitest';
import type { Operation, SagaService } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER, ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
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
const gone = new ServiceRefusal({ code: 'GONE', message: 'It flew.' });
const refusing = { run: () => Promise.reject(gone) };

let world: SagaWorld;
let booking: ReturnType<typeof bookingService>;
beforeEach(async () => {
  world = sagaWorld();
  booking = bookingService();
  await startTrip(world);
});

const process = (more: SagaService = {}) => sagaProcess(world, { ...booking.service, ...more });
const sagas = () => process().ports.sagas;
const over = () => sagas().record(SAGA_ID, 'EndSaga', { cause: undefined });
/** What the flight left behind could not be undone; what was said of that so far is forgotten. */
async function stuck(): Promise<void> {
  const { run, undo } = process({ unbook: refusing });
  await run('flight');
  await undo('flight', 'OOPS');
  world.letters.length = 0;
  booking.calls.length = 0;
}
const state = async () => [await storyOf(world), world.letters, booking.calls];

describe('a compensation that failed', () => {
  it('is tried again with what the step gave, and recorded', async () => {
    await stuck();
    await over();
    expect(booking.booked()).toEqual([`${SAGA_ID}/flight`]);
    await process().undoAgain('flight');
    const input = { originalResult: { flightTicket: 7 }, sagaData: { city: 'Ж', flightTicket: 7 } };
    expect(booking.calls).toEqual([['unbook', 'flight', input]]);
    const undone = { type: 'SagaStepCompensated', data: { stepId: 'flight', compensation: 'unbook' } };
    expect((await eventsOf(world)).at(-1)).toEqual(undone);
    expect([booking.booked(), world.letters]).toEqual([[], []]);
  });

  it('is the same call as the one before', async () => {
    await stuck();
    await over();
    const contexts: object[] = [];
    const unbook: SagaService[string] = {
      async run(_, { signal: _signal, timeoutMs: _left, ...context }) {
        contexts.push(context);
        return {};
      },
    };
    await process({ unbook }).undoAgain('flight');
    const context = { sagaId: SAGA_ID, stepId: 'flight', correlationId: 'corr_1', run: 1, undoes: true };
    expect(contexts).toEqual([context]);
  });

  it('is made up for once', async () => {
    await stuck();
    await over();
    await process().undoAgain('flight');
    const before = structuredClone(await state());
    await process().undoAgain('flight');
    expect(await state()).toEqual(before);
  });

  it('is another letter where it fails once more, and nothing new in the log', async () => {
    await stuck();
    await over();
    const story = await storyOf(world);
    for (let times = 1; times <= 2; times += 1) {
      await process({ unbook: refusing }).undoAgain('flight');
      expect(world.letters).toHaveLength(times);
    }
    expect(world.letters[1]).toMatchObject({
      ...{ subscriptionId: 'booking', eventType: 'saga.unbook', error: 'GONE: It flew.' },
      message: JSON.stringify({ do: 'undo-again', sagaId: SAGA_ID, stepId: 'flight', run: 1 }),
    });
    expect(await storyOf(world)).toEqual(story);
    await process().undoAgain('flight');
    expect((await storyOf(world)).at(-1)).toBe('SagaStepCompensated flight');
  });

  it('names the letter that was sent again, where it fails once more', async () => {
    await stuck();
    await over();
    await process({ unbook: refusing }).undoAgain('flight', 1, 'letter_1');
    const message = JSON.stringify({ do: 'undo-again', sagaId: SAGA_ID, stepId: 'flight', run: 1 });
    expect(world.letters).toMatchObject([{ message, redriveOf: 'letter_1' }]);
  });

  it('comes again where its service’s breaker refuses', async () => {
    await stuck();
    await over();
    const before = structuredClone(await state());
    world.refused.add('booking');
    await expect(process().undoAgain('flight')).rejects.toThrow('booking is unavailable.');
    expect(await state()).toEqual(before);
  });
});

describe('nothing is tried again', () => {
  const resumed = async () => {
    await over();
    await sagas().record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {} });
  };
  const doneAnew = async () => {
    await resumed();
    await process().run('flight', 'token-2', `${SAGA_ID}-r2-1`);
    booking.calls.length = 0;
  };
  it.each([
    ['turns back yet, and comes to it by itself', async () => undefined],
    ['was resumed since', resumed],
    ['was resumed since and has done the step anew', doneAnew],
  ])('of a saga that %s', async (_, happens) => {
    await stuck();
    await happens();
    const before = structuredClone(await state());
    await process().undoAgain('flight');
    expect(await state()).toEqual(before);
  });

  it.each([
    ['that never began', 'hotel'],
    ['that there is not', 'car'],
  ])('of a step %s', async (_, stepId) => {
    await stuck();
    await over();
    const before = structuredClone(await state());
    await process().undoAgain(stepId);
    expect(await state()).toEqual(before);
  });

  it('of a saga that runs, of one that is done, and of none', async () => {
    for (const stepId of ['flight', 'check', 'hotel']) {
      await process().run(stepId);
      const before = structuredClone(await state());
      await process().undoAgain('flight');
      expect(await state()).toEqual(before);
    }
    world = sagaWorld();
    await process().undoAgain('flight');
    expect(await storyOf(world)).toEqual([]);
  });
});

describe('what a step left behind that did not end', () => {
  it.each([
    ['began', async () => LATER],
    ['failed', refusing.run],
  ] as [string, Operation['run']][])('is cleared up again: it %s', async (_, book) => {
    const { run, undo } = process({ book: { run: book } });
    await run('flight');
    await undo('flight', 'OOPS');
    await over();
    booking.calls.length = 0;
    const story = await storyOf(world);
    await process().undoAgain('flight');
    expect(booking.calls).toEqual([['abandon', 'flight', { seat: '1A', city: 'Ж' }]]);
    expect([await storyOf(world), world.letters]).toEqual([story, []]);
  });

  it('is another letter where that fails once more', async () => {
    await process({ book: refusing }).run('flight');
    await over();
    await process({ book: { ...refusing, abandon: refusing.run } }).undoAgain('flight');
    const message = JSON.stringify({ do: 'undo-again', sagaId: SAGA_ID, stepId: 'flight', run: 1 });
    expect(world.letters).toMatchObject([{ error: 'GONE: It flew.', message }]);
  });
});
