import { describe, expect, it } from 'vitest';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import { sagaRoutes } from '../../../functions/contracts/api/saga.ts';
import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../functions/contracts/events/saga-events.v1.ts';
import { sagaView } from '../../../functions/contracts/views/saga.view.ts';
import {
  begun,
  CANCELLED,
  cancelWanted,
  done,
  ended,
  FULL,
  flightFailed,
  notUndone,
  stepDone,
  stepStarted,
  turnedBack,
  undone,
} from '../../support/sagas/saga-events.ts';
import { SAGA_ID, tripSaga, tripStarted } from '../../support/sagas/saga-samples.ts';
import { recordedAs } from '../../support/tasks/given.ts';

/** As a user would have sent it, with all that was left out. */
const definition = { ...tripSaga, steps: tripSaga.steps.map((step) => ({ timeout: 30_000, retries: 0, ...step })) };
const started: SagaEvent = { ...tripStarted, data: { ...tripStarted.data, definition, machine: 'shape-1' } };
const viewOf = (events: readonly SagaEvent[]) =>
  recordedAs(sagaEvents, SAGA_ID, [started, ...events.slice(1)]).reduce<SagaExecution | undefined>(sagaView, undefined);
/** The time of an event: one a second. */
const at = (version: number) => new Date(Date.parse('2026-08-19T10:11:11.345Z') + 1000 * version).toISOString();

const fresh = {
  ...{ id: SAGA_ID, definition, status: 'running', currentStep: 'flight', data: { city: 'Ж' } },
  ...{ completedSteps: [], compensations: [], startTime: at(1), correlationId: 'corr_1', version: 1 },
};
const FLIGHT = { flightTicket: 7 };
const flightDone = {
  completedSteps: [{ stepId: 'flight', result: FLIGHT, completedAt: at(3) }],
  ...{ data: { city: 'Ж', ...FLIGHT }, currentStep: 'check' },
};
const checkFailed: SagaEvent = { type: 'SagaStepFailed', data: { stepId: 'check', error: FULL } };
const back = [...done, stepStarted('check'), checkFailed, turnedBack('check', FULL)];
const turned = { ...flightDone, status: 'compensating', error: FULL };
const unbooked = { stepId: 'flight', compensation: 'unbook' };
const resumed = (fromStep: string): SagaEvent => ({ type: 'SagaResumed', data: { fromStep, input: { seat: 2 } } });
const over = [...back, undone, ended('check', FULL)];

describe("a saga's view", () => {
  it.each([
    ['its start', begun.slice(0, 1), {}],
    ['the begin of a step', begun, { version: 2 }],
    ['a step that is done', done, { ...flightDone, version: 3 }],
    ['a step that failed', [...begun, flightFailed], { version: 3 }],
    ['a wish that it ends', [...begun, cancelWanted], { version: 3 }],
    ['its turn', back, { ...turned, version: 6 }],
    [
      'a compensation',
      [...back, undone],
      { ...turned, version: 7, compensations: [{ ...unbooked, executedAt: at(7), status: 'completed' }] },
    ],
    [
      'a compensation that failed',
      [...back, notUndone],
      { ...turned, version: 7, compensations: [{ ...unbooked, executedAt: at(7), status: 'failed', error: FULL }] },
    ],
    [
      'its end',
      over,
      {
        ...{ ...turned, version: 8, status: 'failed', endTime: at(8) },
        compensations: [{ ...unbooked, executedAt: at(7), status: 'completed' }],
      },
    ],
    [
      'a compensation that was made up for when it had ended',
      [...back, notUndone, ended('check', FULL), undone],
      {
        ...{ ...turned, version: 9, status: 'failed', endTime: at(8) },
        compensations: [{ ...unbooked, executedAt: at(9), status: 'completed' }],
      },
    ],
    [
      'its cancellation',
      [...done, cancelWanted, turnedBack(null, CANCELLED), undone, ended(null, CANCELLED)],
      {
        ...{ ...flightDone, version: 7, status: 'failed', error: CANCELLED, endTime: at(7) },
        compensations: [{ ...unbooked, executedAt: at(6), status: 'completed' }],
      },
    ],
    [
      'a resume',
      [...over, resumed('flight')],
      {
        ...{ version: 9, data: flightDone.data },
        compensations: [{ ...unbooked, executedAt: at(7), status: 'completed' }],
      },
    ],
    [
      'a resume behind steps that stay done',
      [...back, ended('check', FULL), resumed('check')],
      { ...flightDone, version: 8 },
    ],
  ] as [string, SagaEvent[], object][])('after %s', (_, events, expected) => {
    const saga = viewOf(events);
    expect(saga).toStrictEqual({ ...fresh, ...expected });
    expect(sagaRoutes.getSaga.answer.data.strict().safeParse(saga).error).toBeUndefined();
  });

  it('after all of its steps', () => {
    const events = [...done, ...['check', 'hotel'].flatMap((id) => [stepStarted(id), stepDone(id)])];
    expect(viewOf(events)).toMatchObject({ status: 'running', currentStep: 'hotel', version: 7 });
    const saga = viewOf([...events, { type: 'SagaCompleted', data: {} }]);
    expect(saga).toMatchObject({ status: 'completed', currentStep: null, endTime: at(8), version: 8 });
    expect(saga?.completedSteps.map(({ stepId }) => stepId)).toEqual(['flight', 'check', 'hotel']);
    expect(saga?.data).toEqual({ city: 'Ж', ...FLIGHT, checkTicket: 7, hotelTicket: 7 });
  });

  it('tells of a step that was undone twice, as it was done twice', () => {
    const again = [stepStarted('flight'), stepDone('flight'), turnedBack(null, FULL), undone, ended(null, FULL)];
    expect(viewOf([...over, resumed('flight'), ...again])?.compensations).toEqual([
      { ...unbooked, executedAt: at(7), status: 'completed' },
      { ...unbooked, executedAt: at(13), status: 'completed' },
    ]);
  });

  it('keeps what an earlier run could not undo, where the next one undid the step', () => {
    const again = [stepStarted('flight'), stepDone('flight'), turnedBack(null, FULL), undone, ended(null, FULL)];
    const first = [...back, notUndone, ended('check', FULL), resumed('flight')];
    const statuses = viewOf([...first, ...again])?.compensations.map(({ status }) => status);
    expect(statuses).toEqual(['failed', 'completed']);
  });

  it('keeps the failed compensation of another step where one was made up for', () => {
    const data = { stepId: 'hotel', compensation: 'unbook', error: FULL };
    const events = [
      ...back,
      { type: 'SagaCompensationFailed', data } as const,
      notUndone,
      ended('check', FULL),
      undone,
    ];
    expect(viewOf(events)?.compensations.map(({ stepId, status }) => [stepId, status])).toEqual([
      ['hotel', 'failed'],
      ['flight', 'completed'],
    ]);
  });

  it('has what a later step gave in place of what an earlier one did', () => {
    const result = { flightTicket: 8, city: 'Wien' };
    const checked: SagaEvent = { type: 'SagaStepCompleted', data: { stepId: 'check', result } };
    expect(viewOf([...done, checked])?.data).toEqual(result);
  });

  it('throws where a history does not begin with the start', () => {
    const [event] = recordedAs(sagaEvents, SAGA_ID, [cancelWanted]);
    const folded = () => sagaView(undefined, event as NonNullable<typeof event>);
    expect(folded).toThrow(`${SAGA_ID} begins with SagaCancelRequested instead of SagaStarted`);
  });

  it('throws for an event that it has no change for', () => {
    const odd = { ...recordedAs(sagaEvents, SAGA_ID, [cancelWanted])[0], type: 'SagaEaten' } as never;
    expect(() => sagaView(viewOf(begun), odd)).toThrow('Unexpected value');
  });
});
