import { beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { SAGA_ID } from '../../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip, storyOf } from '../../../support/sagas/saga-world.ts';

captureLogLines();
let world: SagaWorld;
beforeEach(async () => {
  world = sagaWorld();
  await startTrip(world);
});

const TURNED_BACK = ['SagaStarted', 'SagaStepStarted flight', 'SagaCompensationStarted flight'];
const ANSWERS: Record<string, () => ReturnType<Operation['run']>> = {
  'a result': async () => ({ seat: 1 }),
  'an error': () => Promise.reject(new Error('no')),
  'that it comes later': async () => LATER,
};
const answers = Object.entries(ANSWERS);

describe('a saga that turned back while its step was in mid-call', () => {
  it.each(answers)('takes no %s from it, and has what it did cleared', async (_, answer) => {
    const { service, calls, booked } = bookingService(async () => {
      await trip.undo('flight', 'States.Timeout');
      return answer();
    });
    const trip = sagaProcess(world, service);
    await trip.run('flight');
    expect(await storyOf(world)).toEqual(TURNED_BACK);
    const input = { seat: '1A', city: 'Ж' };
    expect(calls).toEqual(['book', 'abandon', 'abandon'].map((what) => [what, 'flight', input]));
    expect([booked(), world.answered]).toEqual([[], ['STEP_FAILED token-flight']]);
  });

  it('makes a letter of a result that nothing can clear up after', async () => {
    const book: Operation = {
      run: async () => {
        await trip.undo('flight', 'States.Timeout');
        return { seat: 1 };
      },
    };
    const trip = sagaProcess(world, { book });
    await trip.run('flight');
    expect(await storyOf(world)).toEqual(TURNED_BACK);
    expect(world.letters).toMatchObject([{ subscriptionId: 'booking', eventType: 'saga.book' }]);
    expect(JSON.parse(String(world.letters[0]?.message))).toMatchObject({
      run: 1,
      stepId: 'flight',
      result: { seat: 1 },
    });
    expect(world.letters[0]?.error).toContain('LATE_RESULT');
  });

  it('runs it no more', async () => {
    const { service, calls } = bookingService(async () => LATER);
    const trip = sagaProcess(world, service);
    await trip.run('flight');
    await trip.undo('flight');
    await trip.run('flight', 'token-2');
    expect(calls.map(([what]) => what)).toEqual(['book', 'abandon']);
    expect([await storyOf(world), world.answered]).toEqual([TURNED_BACK, ['STEP_FAILED token-2']]);
  });

  it('takes no result of it from outside either', async () => {
    const trip = sagaProcess(world, bookingService(async () => LATER).service);
    await trip.run('flight');
    await trip.undo('flight');
    await trip.completions.complete({ sagaId: SAGA_ID, stepId: 'flight' }, {});
    await trip.completions.fail({ sagaId: SAGA_ID, stepId: 'flight' }, { code: 'A', message: '' });
    // Nobody may wait any more, but a machine that tried the step twice would.
    const answered = ['STEP_FAILED token-flight', 'STEP_FAILED token-flight'];
    expect([await storyOf(world), world.answered]).toEqual([TURNED_BACK, answered]);
  });
});

/** Two runs of one step side by side: Step Functions gave one up that was still alive. */
describe('a second run of the same step', () => {
  const DONE = ['SagaStarted', 'SagaStepStarted flight', 'SagaStepCompleted flight'];

  it.each(answers)('keeps what the first has done, also where it has %s itself', async (_, answer) => {
    const other = sagaProcess(world, bookingService().service);
    const { service, calls } = bookingService(async () => {
      await other.run('flight', 'token-1');
      return answer();
    });
    await sagaProcess(world, service).run('flight', 'token-2');
    expect(calls.map(([what]) => what)).toEqual(['book']);
    expect([await storyOf(world), world.answered]).toEqual([DONE, ['ok token-1', 'ok token-2']]);
  });

  it.each(answers)('leaves nothing behind where what the first did is undone already: %s', async (_, answer) => {
    const other = sagaProcess(world, bookingService().service);
    const { service, calls, booked } = bookingService(async () => {
      await other.run('flight', 'token-1');
      await other.undo('flight', 'ABORTED');
      return answer();
    });
    await sagaProcess(world, service).run('flight', 'token-2');
    expect([calls.map(([what]) => what), booked()]).toEqual([['book', 'abandon'], []]);
    expect((await storyOf(world)).slice(3)).toEqual(['SagaCompensationStarted', 'SagaStepCompensated flight']);
  });
});
