import { describe, it } from 'vitest';
import type { SagaEvent } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaDecider } from '../../../../functions/shared/platform/sagas/saga.decider.ts';
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
} from '../../../support/sagas/saga-events.ts';
import { sagaCommand, tripSaga, tripStarted } from '../../../support/sagas/saga-samples.ts';
import { given } from '../../../support/tasks/given.ts';

type Answer = Parameters<typeof sagaCommand<'AnswerStep'>>[1];

/** The sample saga's second event is of this time: its first step began then. */
const BEGAN = Date.parse('2026-08-19T10:11:13.345Z');
const later = (ms: number) => new Date(BEGAN + ms).toISOString();
const OUTCOMES: Record<string, Answer['outcome']> = {
  result: { result: { flightTicket: 7 } },
  failure: { error: FULL },
};
const outcomes = Object.entries(OUTCOMES);
const answered = (answer: Partial<Answer> = {}, now = later(0)) =>
  sagaCommand('AnswerStep', { stepId: 'flight', run: 1, outcome: { result: { flightTicket: 7 } }, ...answer }, now);
const on = (events: readonly SagaEvent[], command = answered()) => given(sagaDecider, sagaEvents, events).when(command);

const timedOut: SagaEvent = {
  type: 'SagaStepFailed',
  data: { stepId: 'flight', error: { code: 'TIMEOUT', message: 'The step flight did not finish in time.' } },
};
const back = [...begun, turnedBack('flight', FULL)];
const failed = [...begun, flightFailed, turnedBack('flight', FULL), ended('flight', FULL)];
const undoing = [...done, turnedBack('check', FULL)];
const resumed: SagaEvent = { type: 'SagaResumed', data: { fromStep: 'flight', input: {} } };

describe('an answer that comes later', () => {
  it('ends the step that waits for it', () => {
    on(begun).thenEvents(stepDone('flight'));
    on(begun, answered({ outcome: { error: FULL } })).thenEvents(flightFailed);
  });

  it('ends the saga where it is the last step', () => {
    const events = [...done, stepStarted('check'), stepDone('check'), stepStarted('hotel')];
    const last = answered({ stepId: 'hotel', outcome: { result: { hotelTicket: 7 } } }, later(3000));
    on(events, last).thenEvents(stepDone('hotel'), { type: 'SagaCompleted', data: {} });
    on([...events, cancelWanted], last).thenEvents(stepDone('hotel'));
  });

  it.each(outcomes)('is told that the step had its own already: a %s', (_, outcome) => {
    for (const events of [
      ...[done, [...begun, flightFailed], failed],
      ...[undoing, [...undoing, undone], [...undoing, notUndone], [...undoing, undone, ended('check', FULL)]],
      [...done, cancelWanted, turnedBack(null, CANCELLED)],
    ]) {
      on(events, answered({ outcome })).thenRefused('CONFLICT');
    }
  });

  it.each([
    ['the step has not begun', [tripStarted]],
    ['the step timed out', [...begun, timedOut]],
    ['the saga ended of that', [...begun, timedOut, turnedBack('flight', FULL), ended('flight', FULL)]],
    ['the saga has turned back', back],
    ['the saga has ended meanwhile', [...back, ended('flight', FULL)]],
    ['the saga was resumed since', [...failed, resumed]],
    ['the step was begun anew by a resume', [...failed, resumed, stepStarted('flight')]],
    ['the step was done anew by a resume', [...failed, resumed, stepStarted('flight'), stepDone('flight')]],
  ])('is told that nobody waits any more where %s', (_, events) => {
    for (const [, outcome] of outcomes) on(events, answered({ outcome })).thenRefused('GONE');
  });

  it('is taken of the run that waits for it', () => {
    const again = [...failed, resumed, stepStarted('flight')];
    const now = later(6000);
    on(again, answered({ run: 2 }, now)).thenEvents(stepDone('flight'));
    on(again, answered({ run: 3 }, now)).thenRefused('GONE');
  });

  it('of no saga is an answer to nothing', () => {
    on([]).thenRefused('NOT_FOUND');
  });
});

describe('the limit of a step', () => {
  const limited = (timeout: number | undefined, ofSaga: number): SagaEvent[] => {
    const [flight, ...others] = tripSaga.steps as [(typeof tripSaga.steps)[0]];
    const steps = [{ ...flight, ...(timeout !== undefined && { timeout }) }, ...others];
    const definition = { ...tripSaga, steps, timeout: ofSaga };
    return [{ ...tripStarted, data: { ...tripStarted.data, definition } }, stepStarted('flight')];
  };

  it.each([
    ['30 s where it says nothing', undefined, 600_000, 30_000],
    ['its own', 90_000, 600_000, 90_000],
    ['no more than that of the saga', 90_000, 60_000, 60_000],
  ])('holds for later answers, too: %s', (_, timeout, ofSaga, limit) => {
    const events = limited(timeout, ofSaga);
    for (const [name, outcome] of outcomes) {
      on(events, answered({ outcome }, later(limit))).thenEvents(name === 'result' ? stepDone('flight') : flightFailed);
      on(events, answered({ outcome }, later(limit + 1))).thenRefused('GONE');
    }
  });
});
