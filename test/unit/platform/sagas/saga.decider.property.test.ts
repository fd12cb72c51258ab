import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaDecider } from '../../../../functions/shared/platform/sagas/saga.decider.ts';
import type { SagaCommand } from '../../../../functions/shared/platform/sagas/saga-commands.ts';
import type { SagaState } from '../../../../functions/shared/platform/sagas/saga-state.ts';
import { SAGA_ID, sagaCommand, tripSaga, tripStarted } from '../../../support/sagas/saga-samples.ts';
import { DRILL, runs } from '../../../support/seeds.ts';
import { recordedAs } from '../../../support/tasks/given.ts';

const stepId = fc.constantFrom(...tripSaga.steps.map(({ id }) => id));
const error = { code: 'FULL', message: 'There is none.' };
const LATE = '2026-08-19T23:00:00.000Z';
const cause = fc.constantFrom('States.Timeout', 'OOPS', undefined);

/** Brings a saga on. */
const onward: fc.Arbitrary<SagaCommand> = fc.oneof(
  stepId.map((id) => sagaCommand('StartStep', { stepId: id })),
  stepId.map((id) => sagaCommand('CompleteStep', { stepId: id, result: { [id]: 1 } })),
);

/** Any command in any state, those that undo rather more often. */
const anyCommand: fc.Arbitrary<SagaCommand> = fc.oneof(
  { weight: 2, arbitrary: onward },
  fc.constant(sagaCommand('StartSaga', tripStarted.data)),
  stepId.map((id) => sagaCommand('StartStep', { stepId: id }, LATE)),
  stepId.map((id) => sagaCommand('FailStep', { stepId: id, error })),
  fc.constant(sagaCommand('CancelSaga', { reason: 'It rains.' })),
  { weight: 2, arbitrary: cause.map((why) => sagaCommand('StartCompensation', { cause: why })) },
  { weight: 3, arbitrary: stepId.map((id) => sagaCommand('RecordCompensated', { stepId: id })) },
  { weight: 3, arbitrary: stepId.map((id) => sagaCommand('RecordCompensationFailed', { stepId: id, error })) },
  cause.map((why) => sagaCommand('EndSaga', { cause: why })),
);
const anyCommands = fc
  .tuple(fc.array(onward, { maxLength: 10, size: 'max' }), fc.array(anyCommand, { maxLength: 30, size: 'max' }))
  .map((both) => both.flat());

const stateAfter = (events: readonly SagaEvent[]): SagaState =>
  recordedAs(sagaEvents, SAGA_ID, events).reduce(sagaDecider.evolve, sagaDecider.initial);

/** Sends every command twice to the saga as it then is; answers what was accepted. */
function accepted(commands: readonly SagaCommand[]): SagaEvent[] {
  const events: SagaEvent[] = [tripStarted];
  for (const command of commands) {
    const decision = sagaDecider.decide(command, stateAfter(events));
    if (decision.ok) events.push(...decision.events);
    const again = sagaDecider.decide(command, stateAfter(events));
    expect(again.ok ? again.events : []).toEqual([]);
  }
  return events;
}

const stepsOf = (events: readonly SagaEvent[], ...types: SagaEvent['type'][]) =>
  events.filter(({ type }) => types.includes(type)).map(({ data }) => (data as { stepId: string }).stepId);
const typesOf = (events: readonly SagaEvent[]) => events.map(({ type }) => type);
/** The place of its end; where it has none, its whole length. */
const endOf = (events: readonly SagaEvent[]) => {
  const at = events.findIndex(({ type }) => type === 'SagaCompleted' || type === 'SagaFailed');
  return at === -1 ? events.length : at;
};
const isOnce = (all: readonly unknown[]) => new Set(all).size === all.length;
const before = (events: readonly SagaEvent[], type: SagaEvent['type']) => {
  const at = events.findIndex((event) => event.type === type);
  return at === -1 ? events : events.slice(0, at);
};

describe('whatever commands come in whatever order', () => {
  it('a saga keeps its promises', DRILL, async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.property(anyCommands, (commands) => {
        const events = accepted(commands);
        for (const { type } of events) seen.add(type);
        const onTheWay = before(events, 'SagaCompensationStarted');
        const onTheWayBack = events.slice(onTheWay.length);
        const done = stepsOf(onTheWay, 'SagaStepCompleted');
        const undone = stepsOf(events, 'SagaStepCompensated', 'SagaCompensationFailed');

        expect(undone.filter((id) => !done.includes(id))).toEqual([]);
        const [failed, tried] = [stepsOf(events, 'SagaCompensationFailed'), stepsOf(events, 'SagaStepCompensated')];
        expect([isOnce(failed), isOnce(tried)]).toEqual([true, true]);
        const madeUpFor = tried.filter((id) => failed.includes(id));
        expect(
          stepsOf(onTheWayBack.slice(0, endOf(onTheWayBack)), 'SagaStepCompensated').filter((id) =>
            madeUpFor.includes(id),
          ),
        ).toEqual([]);
        expect(stepsOf(onTheWay, 'SagaStepCompensated', 'SagaCompensationFailed')).toEqual([]);
        expect(stepsOf(onTheWayBack, 'SagaStepStarted', 'SagaStepCompleted', 'SagaStepFailed')).toEqual([]);
        expect(isOnce(stepsOf(events, 'SagaStepStarted'))).toBe(true);
        expect(isOnce(stepsOf(events, 'SagaStepCompleted', 'SagaStepFailed'))).toBe(true);
        expect(events.filter(({ type }) => type === 'SagaCompensationStarted').length).toBeLessThanOrEqual(1);
        const ends = events.map(({ type }) => type === 'SagaCompleted' || type === 'SagaFailed');
        expect(ends.filter((isEnd) => isEnd).length).toBeLessThanOrEqual(1);
        expect(typesOf(events.slice(endOf(events) + 1)).filter((type) => type !== 'SagaStepCompensated')).toEqual([]);
      }),
      { numRuns: 10 * runs() },
    );
    expect(seen.size).toBe(10);
  });
});
