import { describe, it } from 'vitest';
import type { SagaEvent } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import type { Failure } from '../../../../functions/contracts/task-fields.ts';
import { sagaDecider } from '../../../../functions/shared/platform/sagas/saga.decider.ts';
import {
  back,
  begun,
  CANCELLED,
  cancelWanted,
  cutOff,
  done,
  ended,
  FULL,
  flightFailed,
  stepDone,
  stepStarted,
  turnedBack,
  undone,
} from '../../../support/sagas/saga-events.ts';
import { sagaCommand, tripSaga, tripStarted } from '../../../support/sagas/saga-samples.ts';
import { given } from '../../../support/tasks/given.ts';

describe('the last step', () => {
  const before = [...done, stepStarted('hotel')];
  const command = sagaCommand('CompleteStep', { stepId: 'hotel', result: { hotelTicket: 7 } });

  it('ends the saga in the same commit', () => {
    given(sagaDecider, sagaEvents, before)
      .when(command)
      .thenEvents(stepDone('hotel'), { type: 'SagaCompleted', data: {} });
  });

  it('does not, where somebody wants the saga to end', () => {
    given(sagaDecider, sagaEvents, [...before, cancelWanted])
      .when(command)
      .thenEvents(stepDone('hotel'));
  });
});

describe("a saga's own limit", () => {
  const startAt = (now: string) => sagaCommand('StartStep', { stepId: 'check' }, now);

  it('is looked at before each step, to the millisecond', () => {
    given(sagaDecider, sagaEvents, done).when(startAt('2026-08-19T10:21:12.345Z')).thenEvents(stepStarted('check'));
    const error: Failure = { code: 'TIMEOUT', message: `The saga did not finish within ${tripSaga.timeout} ms.` };
    given(sagaDecider, sagaEvents, done)
      .when(startAt('2026-08-19T10:21:12.346Z'))
      .thenEvents({ type: 'SagaStepFailed', data: { stepId: 'check', error } });
  });

  it('takes nothing from a step that has begun, and from no compensation', () => {
    const late = '2027-01-01T00:00:00.000Z';
    given(sagaDecider, sagaEvents, [...done, stepStarted('check')])
      .when(startAt(late))
      .thenEvents();
    given(sagaDecider, sagaEvents, back)
      .when(sagaCommand('RecordCompensated', { stepId: 'flight' }, late))
      .thenEvents(undone);
  });
});

describe('why a saga turned back', () => {
  const turning = (events: SagaEvent[], cause: string | undefined) =>
    given(sagaDecider, sagaEvents, events).when(sagaCommand('StartCompensation', { cause }));
  const timedOut = (what: string): Failure => ({ code: 'TIMEOUT', message: `${what} did not finish in time.` });

  it('is the wish of somebody, also where a step has failed or timed out besides', () => {
    turning([...begun, flightFailed, cancelWanted], 'FULL').thenEvents(turnedBack('flight', CANCELLED));
    turning([...begun, cancelWanted], 'States.Timeout').thenEvents(turnedBack('flight', CANCELLED));
    turning([...done, cancelWanted], undefined).thenEvents(turnedBack(null, CANCELLED));
  });

  it('is what the step said, whatever Step Functions saw', () => {
    turning([...begun, flightFailed], 'States.Timeout').thenEvents(turnedBack('flight', FULL));
  });

  it('is else what Step Functions saw, of the last step that had begun', () => {
    turning(begun, 'States.Timeout').thenEvents(turnedBack('flight', timedOut('The step flight')));
    turning([...done, stepStarted('check')], 'States.Timeout').thenEvents(
      turnedBack('check', timedOut('The step check')),
    );
    turning([tripStarted], 'States.Timeout').thenEvents(turnedBack(null, timedOut('The saga')));
    turning(begun, 'ABORTED').thenEvents(turnedBack('flight', cutOff('The step flight')));
    turning(begun, undefined).thenEvents(turnedBack('flight', cutOff('The step flight')));
  });

  it('stays the same to its end', () => {
    given(sagaDecider, sagaEvents, [...begun, turnedBack('flight', FULL)])
      .when(sagaCommand('EndSaga', { cause: 'States.Timeout' }))
      .thenEvents(ended('flight', FULL));
  });
});

it('a cancellation that was taken stays taken until the saga has ended', () => {
  const cancel = sagaCommand('CancelSaga', { reason: 'Another reason.' });
  const turned = [...begun, cancelWanted, turnedBack('flight', CANCELLED)];
  given(sagaDecider, sagaEvents, turned).when(cancel).thenEvents();
  given(sagaDecider, sagaEvents, [...turned, ended('flight', CANCELLED)])
    .when(cancel)
    .thenRefused('CONFLICT');
});
