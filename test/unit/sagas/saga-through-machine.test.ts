import { beforeEach, describe, expect, it } from 'vitest';
import { CLOSE, compileSaga } from '../../../functions/contracts/sagas/compile-saga.ts';
import type { CloseSaga, SagaCall } from '../../../functions/contracts/sagas/saga-calls.ts';
import { sagaCloser } from '../../../functions/sagas/adapters/close-saga.ts';
import type { Operation } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER, ServiceRefusal } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import type { AslMachine, Call } from '../../support/infra/asl-walk.ts';
import { StepFailure, walk } from '../../support/infra/asl-walk.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { SAGA_ID, tripSaga } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import {
  bookingService,
  eventsOf,
  sagaProcess,
  sagaWorld,
  startTrip,
  storyOf,
} from '../../support/sagas/saga-world.ts';

captureLogLines();
const machine = compileSaga(tripSaga, { service: (name) => name, close: 'close' }) as unknown as AslMachine;

let world: SagaWorld;
beforeEach(() => {
  world = sagaWorld();
});

/** Drives the saga as Step Functions would: a function that died is called again, a token that nobody answered times out. */
async function driven(book: Operation['run'] | undefined, line = new FaultLine()) {
  await startTrip(world);
  const { service, calls, booked } = bookingService(book);
  const answer = async ({ state, payload }: Call) => {
    const process = sagaProcess(world, service, line);
    if (state === CLOSE) return sagaCloser(process.ports.sagas)(payload as CloseSaga);
    const call = payload as SagaCall;
    if (call.do === 'undo') return process.undo(call.stepId, call.cause);
    await process.run(call.stepId, call.token);
    const code = world.answered.find((one) => one.endsWith(` ${call.token}`))?.split(' ')[0] ?? 'States.Timeout';
    if (code !== 'ok') throw new StepFailure(code);
  };
  const again = (call: Call) =>
    answer(call).catch((error: unknown) => {
      if (error instanceof Died) return answer(call);
      throw error;
    });
  const { end } = await walk(machine, { sagaId: SAGA_ID }, again);
  return { end, booked: booked(), calls };
}

const failingAt =
  (wrong: string): Operation['run'] =>
  async (_, { stepId }) => {
    if (stepId === wrong) throw new ServiceRefusal({ code: 'FULL', message: 'There is none.' });
    return { [stepId]: 1 };
  };

const begun = (stepId: string) => `SagaStepStarted ${stepId}`;
const done = (stepId: string) => [begun(stepId), `SagaStepCompleted ${stepId}`];

describe('a saga that its machine drives', () => {
  it('is completed', async () => {
    expect(await driven(undefined)).toMatchObject({
      end: 'succeeded',
      booked: [`${SAGA_ID}/flight`, `${SAGA_ID}/hotel`],
    });
    expect(await storyOf(world)).toEqual([
      'SagaStarted',
      ...done('flight'),
      ...done('check'),
      ...done('hotel'),
      'SagaCompleted',
    ]);
  });

  it('is undone and failed where its last step is refused, with the word of its service', async () => {
    expect(await driven(failingAt('hotel'))).toMatchObject({ end: 'failed', booked: [] });
    expect(await storyOf(world)).toEqual([
      'SagaStarted',
      ...done('flight'),
      ...done('check'),
      begun('hotel'),
      'SagaStepFailed hotel',
      'SagaCompensationStarted hotel',
      'SagaStepCompensated flight',
      'SagaFailed hotel',
    ]);
    const error = { code: 'FULL', message: 'There is none.' };
    expect((await eventsOf(world)).at(-1)).toEqual({ type: 'SagaFailed', data: { stepId: 'hotel', error } });
  });

  it('times out where nobody ends a step that waits', async () => {
    expect(await driven(async () => LATER)).toMatchObject({ end: 'failed', booked: [] });
    const error = { code: 'TIMEOUT', message: 'The step flight did not finish in time.' };
    expect((await eventsOf(world)).at(-1)).toEqual({ type: 'SagaFailed', data: { stepId: 'flight', error } });
  });

  it('is cancelled behind the step in which somebody wished so', async () => {
    const wish: Operation['run'] = async (_, { stepId }) => {
      await sagaProcess(world, {}).ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
      return { [stepId]: 1 };
    };
    expect(await driven(wish)).toMatchObject({ end: 'failed', booked: [] });
    expect((await eventsOf(world)).at(-1)).toEqual({
      type: 'SagaFailed',
      data: { stepId: null, error: { code: 'CANCELLED', message: 'It rains.' } },
    });
  });

  it.each([
    ['completed', undefined],
    ['undone', failingAt('hotel')],
    ['timed out', async () => LATER as typeof LATER],
  ])('comes to the same end wherever a function dies: %s', async (_, book) => {
    const counted = new FaultLine();
    const { end, booked } = await driven(book, counted);
    const events = await eventsOf(world);
    for (const fault of everyFault(counted.calls)) {
      world = sagaWorld();
      const line = new FaultLine(fault);
      expect({ fault, ...(await driven(book, line)) }).toMatchObject({ fault, end, booked });
      expect(line.fired).toBe(true);
      expect(await eventsOf(world)).toEqual(events);
    }
  });
});
