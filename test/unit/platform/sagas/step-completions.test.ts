import { beforeEach, describe, expect, it } from 'vitest';
import { LATER } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { stepCompletions } from '../../../../functions/shared/platform/sagas/step-completions.ts';
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

let world: SagaWorld;
let trip: ReturnType<typeof sagaProcess>;
beforeEach(async () => {
  world = sagaWorld();
  await startTrip(world);
  trip = sagaProcess(world, bookingService(async () => LATER).service);
});

const flight = { sagaId: SAGA_ID, stepId: 'flight' };
const error = { code: 'AGENT_LOST', message: 'Three agents were lost.' };
const BEGUN = ['SagaStarted', 'SagaStepStarted flight'];

describe('a step that waits', () => {
  it('is completed from outside: first in the log, then its token', async () => {
    await trip.run('flight');
    await trip.completions.complete(flight, { seat: 1 });
    const last = { type: 'SagaStepCompleted', data: { stepId: 'flight', result: { seat: 1 } } };
    expect((await eventsOf(world)).at(-1)).toEqual(last);
    expect(world.answered).toEqual(['ok token-flight']);
  });

  it('is failed from outside', async () => {
    await trip.run('flight');
    await trip.completions.fail(flight, error);
    expect((await eventsOf(world)).at(-1)).toEqual({ type: 'SagaStepFailed', data: { stepId: 'flight', error } });
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('takes the first end that it is given, however many come', async () => {
    await trip.run('flight');
    await trip.completions.complete(flight, { seat: 1 });
    await trip.completions.complete(flight, { seat: 2 });
    await trip.completions.fail(flight, error);
    expect(await storyOf(world)).toEqual([...BEGUN, 'SagaStepCompleted flight']);
    expect(new Set(world.answered)).toEqual(new Set(['ok token-flight']));
  });

  it('keeps its result where the saga is to end, and turns back', async () => {
    await trip.run('flight');
    await trip.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
    await trip.completions.complete(flight, { seat: 1 });
    expect(await storyOf(world)).toEqual([...BEGUN, 'SagaCancelRequested', 'SagaStepCompleted flight']);
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });
});

describe('an end that comes early', () => {
  it('is left to the step, which will look for it when it begins', async () => {
    await trip.completions.complete(flight, { seat: 1 });
    await trip.completions.fail(flight, error);
    expect([await storyOf(world), world.answered]).toEqual([['SagaStarted'], []]);
  });

  it('is left to the step also where it begins between the refusal and the look at how it stands', async () => {
    const { sagas } = trip.ports;
    const late = {
      ...sagas,
      async find(sagaId: string) {
        await trip.run('flight');
        return sagas.find(sagaId);
      },
    };
    await stepCompletions({ ...trip.ports, sagas: late }).complete(flight, { seat: 1 });
    expect([await storyOf(world), world.answered]).toEqual([BEGUN, []]);
  });

  it('answers no token where none is stored yet', async () => {
    await trip.ports.sagas.record(SAGA_ID, 'StartStep', { stepId: 'flight' });
    await trip.completions.complete(flight, { seat: 1 });
    expect([await storyOf(world), world.answered]).toEqual([[...BEGUN, 'SagaStepCompleted flight'], []]);
  });

  it('of no saga is an error, so that it comes again', async () => {
    const completion = trip.completions.complete({ sagaId: 'saga_none', stepId: 'flight' }, {});
    await expect(completion).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
