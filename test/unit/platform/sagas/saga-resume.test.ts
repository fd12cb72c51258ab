import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import type { SagaStep } from '../../../../functions/contracts/sagas/saga-definition.ts';
import { sagaDecider } from '../../../../functions/shared/platform/sagas/saga.decider.ts';
import type { StartedSaga } from '../../../../functions/shared/platform/sagas/saga-state.ts';
import { inputOf } from '../../../../functions/shared/platform/sagas/step-call.ts';
import {
  done,
  ended,
  FULL,
  notUndone,
  stepDone,
  stepStarted,
  turnedBack,
  undone,
} from '../../../support/sagas/saga-events.ts';
import { SAGA_ID, sagaCommand, tripSaga, tripStarted } from '../../../support/sagas/saga-samples.ts';
import { given, recordedAs } from '../../../support/tasks/given.ts';

const STEP = tripSaga.steps[0] as SagaStep;
const steps = (...ids: string[]) => ids.flatMap((id) => [stepStarted(id), stepDone(id)]);
const failedAt = (stepId: string): SagaEvent[] => [
  stepStarted(stepId),
  { type: 'SagaStepFailed', data: { stepId, error: FULL } },
  turnedBack(stepId, FULL),
];
const resumed = (fromStep: string, input = {}): SagaEvent => ({ type: 'SagaResumed', data: { fromStep, input } });
const stateAfter = (events: readonly SagaEvent[]) =>
  recordedAs(sagaEvents, SAGA_ID, events).reduce(sagaDecider.evolve, sagaDecider.initial) as StartedSaga;

/** Nothing of its first step can be undone, so it stays done. */
const started: SagaEvent = {
  ...tripStarted,
  data: {
    ...tripStarted.data,
    definition: { ...tripSaga, steps: tripSaga.steps.map(({ compensation: _, ...step }) => step) },
  },
};
const failed = [started, ...steps('flight'), ...failedAt('check'), ended('check', FULL)];
const resume = (fromStep?: string, input = {}) => sagaCommand('ResumeSaga', { fromStep, input });

describe('a saga that failed', () => {
  it.each([
    ['the step that failed', undefined, 'check'],
    ['that step by name', 'check', 'check'],
    ['a step before it, which is done again', 'flight', 'flight'],
  ])('goes on from %s', (_what, fromStep, from) => {
    given(sagaDecider, sagaEvents, failed).when(resume(fromStep)).thenEvents(resumed(from));
  });

  it('is not begun anew where every step is done and none is named', () => {
    const all = tripSaga.steps.flatMap(({ id }) => steps(id));
    const cancelled: SagaEvent[] = [
      { type: 'SagaCancelRequested', data: { reason: 'It rains.' } },
      turnedBack(null, { code: 'CANCELLED', message: 'It rains.' }),
      ended(null, { code: 'CANCELLED', message: 'It rains.' }),
    ];
    const decision = sagaDecider.decide(resume(), stateAfter([started, ...all, ...cancelled]));
    expect(decision).toMatchObject({ ok: false, refusal: { code: 'RESUME_REFUSED' } });
  });

  it('takes no word of an earlier run on what was undone', () => {
    const again = [...failed, resumed('flight'), ...steps('flight'), ...failedAt('check')];
    for (const command of [
      sagaCommand('RecordCompensated', { stepId: 'flight', run: 1 }),
      sagaCommand('RecordCompensationFailed', { stepId: 'flight', error: FULL, run: 1 }),
    ]) {
      expect(sagaDecider.decide(command, stateAfter(again))).toEqual({ ok: true, events: [] });
    }
  });

  it('begins again at its first step where that was undone', () => {
    const back = [...done, ...failedAt('check'), undone, ended('check', FULL)];
    given(sagaDecider, sagaEvents, back).when(resume('flight')).thenEvents(resumed('flight'));
  });

  it.each([
    ['a step before was undone', [...done, ...failedAt('check'), undone, ended('check', FULL)], 'check', 'compensated'],
    [
      'one could not be undone',
      [...done, ...failedAt('check'), notUndone, ended('check', FULL)],
      'check',
      'compensation failed',
    ],
    ['one was never begun', failed, 'hotel', 'not done'],
  ])('does not go on where %s', (_what, events, fromStep, why) => {
    const decision = sagaDecider.decide(resume(fromStep), stateAfter(events));
    expect(decision).toMatchObject({ ok: false, refusal: { code: 'RESUME_REFUSED' } });
    expect(JSON.stringify(decision)).toContain(why);
  });

  it.each([
    ['runs', [started, ...steps('flight')]],
    ['turns back', [started, ...steps('flight'), ...failedAt('check')]],
    ['is done', [started, ...steps('flight', 'check', 'hotel'), { type: 'SagaCompleted', data: {} } as SagaEvent]],
  ])('is another than one that %s', (_what, events) => {
    given(sagaDecider, sagaEvents, events).when(resume()).thenRefused('RESUME_REFUSED');
  });
});

describe('a saga that was resumed', () => {
  const on = [...failed, resumed('check', { city: 'Wien', seat: 2 })];

  it('has what was done before, and nothing of the step and those behind it', () => {
    const { status, run, steps: seen, outcome, cancelReason } = stateAfter(on);
    expect([status, run, [...seen.keys()], outcome, cancelReason]).toEqual(['running', 2, ['flight'], null, null]);
  });

  it('calls the step with what was edited before all else, and the others as ever', () => {
    const saga = stateAfter(on);
    const [flight, check] = saga.definition.steps as [never, never];
    expect(inputOf(saga, check)).toEqual({ city: 'Wien', seat: 2, flightTicket: 7 });
    expect(inputOf(saga, flight)).toEqual({ seat: '1A', city: 'Ж', flightTicket: 7 });
    expect(saga.data).toEqual({ city: 'Ж', flightTicket: 7 });
  });

  it('keeps earlier edits that a later resume does not touch', () => {
    const again = [...on, ...failedAt('check'), ended('check', FULL), resumed('check', { seat: 3 })];
    expect(stateAfter(again).edits.get('check')).toEqual({ city: 'Wien', seat: 3 });
  });

  it('has all of its time from then on', () => {
    const now = '2026-08-19T23:00:00.000Z';
    const late = sagaDecider.decide(sagaCommand('StartStep', { stepId: 'check' }, now), stateAfter(failed.slice(0, 3)));
    expect(late).toMatchObject({ ok: true, events: [{ type: 'SagaStepFailed' }] });
    const events = recordedAs(sagaEvents, SAGA_ID, on).map((event) =>
      event.type === 'SagaResumed' ? { ...event, timestamp: now } : event,
    );
    const saga = events.reduce(sagaDecider.evolve, sagaDecider.initial);
    const decision = sagaDecider.decide(sagaCommand('StartStep', { stepId: 'check' }, now), saga);
    expect(decision).toMatchObject({ ok: true, events: [stepStarted('check')] });
  });

  it('takes nothing from what was begun in the run before', () => {
    const begun = [...on, stepStarted('check')];
    const late = { stepId: 'check', run: 1 };
    given(sagaDecider, sagaEvents, begun)
      .when(sagaCommand('CompleteStep', { ...late, result: {} }))
      .thenRefused('CONFLICT');
    given(sagaDecider, sagaEvents, begun)
      .when(sagaCommand('FailStep', { ...late, error: FULL }))
      .thenRefused('CONFLICT');
    const now = sagaCommand('CompleteStep', { stepId: 'check', run: 2, result: { checkTicket: 7 } });
    given(sagaDecider, sagaEvents, begun).when(now).thenEvents(stepDone('check'));
  });
});

describe('a compensation that failed', () => {
  it('may be made up for when the saga has ended, once', () => {
    const over = [...done, ...failedAt('check'), notUndone, ended('check', FULL)];
    const redo = sagaCommand('RecordCompensated', { stepId: 'flight' });
    given(sagaDecider, sagaEvents, over).when(redo).thenEvents(undone);
    given(sagaDecider, sagaEvents, [...over, undone])
      .when(redo)
      .thenEvents();
  });
});

describe('the result of a step', () => {
  const own = { ...started, data: { ...tripStarted.data, machine: 'shape' } } as SagaEvent;
  const completing = (bytes: number) =>
    sagaCommand('CompleteStep', { stepId: 'flight', result: { text: 'x'.repeat(bytes - '{"text":""}'.length) } });
  const decided = (events: SagaEvent[], command: ReturnType<typeof completing>) => {
    const decision = sagaDecider.decide(command, stateAfter(events));
    return decision.ok ? decision.events.map(({ type }) => type) : decision.refusal;
  };

  it('may have 64 KB, and of a saga of ours whatever it has', () => {
    const limit = 64 * 1024;
    expect(decided([own, stepStarted('flight')], completing(limit))).toEqual(['SagaStepCompleted']);
    expect(decided([own, stepStarted('flight')], completing(limit + 1))).toEqual(['SagaStepFailed']);
    expect(decided([started, stepStarted('flight')], completing(limit + 1))).toEqual(['SagaStepCompleted']);
  });

  it('fails the step where the saga’s data would have more than 256 KB', () => {
    const large = { ...own, data: { ...tripStarted.data, machine: 'shape', data: { much: 'x'.repeat(250 * 1024) } } };
    const decision = sagaDecider.decide(completing(10 * 1024), stateAfter([large as SagaEvent, stepStarted('flight')]));
    expect(decision).toMatchObject({ events: [{ data: { error: { code: 'RESULT_TOO_LARGE' } } }] });
  });

  it('fails the step where all results together would have more than 2 MB', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...STEP, id: `step-${index}` }));
    const definition = { ...tripSaga, steps: [...many, { ...STEP, id: 'flight' }] };
    const begun = { ...own, data: { ...tripStarted.data, machine: 'shape', definition } } as SagaEvent;
    const result = { text: 'x'.repeat(60 * 1024) };
    const behind = (count: number) => [
      begun,
      ...many
        .slice(0, count)
        .map(({ id: stepId }): SagaEvent => ({ type: 'SagaStepCompleted', data: { stepId, result } })),
      stepStarted('flight'),
    ];
    expect(decided(behind(33), completing(60 * 1024))).toContain('SagaStepCompleted');
    expect(decided(behind(34), completing(60 * 1024))).toEqual(['SagaStepFailed']);
  });
});
