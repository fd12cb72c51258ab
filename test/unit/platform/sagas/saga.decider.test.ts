import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import type { Failure } from '../../../../functions/contracts/task-fields.ts';
import { sagaDecider } from '../../../../functions/shared/platform/sagas/saga.decider.ts';
import type { SagaCommand } from '../../../../functions/shared/platform/sagas/saga-commands.ts';
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
  notUndone,
  stepDone,
  stepStarted,
  turnedBack,
  undone,
} from '../../../support/sagas/saga-events.ts';
import { SAGA_ID, sagaCommand, tripStarted } from '../../../support/sagas/saga-samples.ts';
import { given, recordedAs } from '../../../support/tasks/given.ts';

const STATES = {
  none: [],
  'just started': [tripStarted],
  'in its first step': begun,
  'behind its first step': done,
  'with a failed step': [...begun, flightFailed],
  'to be cancelled': [...begun, cancelWanted],
  'turned back in a step': [...begun, turnedBack('flight', FULL)],
  'turned back': back,
  undone: [...back, undone],
  'not to be undone': [...back, notUndone],
  completed: [
    ...done,
    ...['check', 'hotel'].flatMap((id) => [stepStarted(id), stepDone(id)]),
    { type: 'SagaCompleted', data: {} },
  ],
  failed: [...back, undone, ended(null, cutOff('The saga'))],
} satisfies Record<string, SagaEvent[]>;
type State = keyof typeof STATES;

/** A refusal's code, or the events; states that are not named: nothing happens. */
type Outcomes = Partial<Record<State, 'NOT_FOUND' | 'CONFLICT' | SagaEvent[]>>;
const step = { stepId: 'flight' };
const result = { flightTicket: 7 };
const CONFLICT = 'CONFLICT' as const;
const turning = (stepId: string | null, error: Failure) => [turnedBack(stepId, error)];
const ending = (stepId: string | null, error: Failure) => [turnedBack(stepId, error), ended(stepId, error)];

const TABLE: [string, SagaCommand, Outcomes][] = [
  ['StartSaga', sagaCommand('StartSaga', tripStarted.data), { none: [tripStarted] }],
  ['StartStep', sagaCommand('StartStep', step), { none: 'NOT_FOUND', 'just started': [stepStarted('flight')] }],
  [
    'StartStep of a later step',
    sagaCommand('StartStep', { stepId: 'check' }),
    {
      none: 'NOT_FOUND',
      ...Object.fromEntries(
        ['just started', 'in its first step', 'behind its first step', 'with a failed step'].map((state) => [
          state,
          [stepStarted('check')],
        ]),
      ),
      'to be cancelled': CONFLICT,
      'turned back in a step': CONFLICT,
      'turned back': CONFLICT,
      undone: CONFLICT,
      'not to be undone': CONFLICT,
      failed: CONFLICT,
    },
  ],
  [
    'CompleteStep',
    sagaCommand('CompleteStep', { ...step, result }),
    {
      none: 'NOT_FOUND',
      'just started': CONFLICT,
      'in its first step': [stepDone('flight')],
      'with a failed step': CONFLICT,
      'to be cancelled': [stepDone('flight')],
      'turned back in a step': CONFLICT,
      undone: CONFLICT,
      'not to be undone': CONFLICT,
      failed: CONFLICT,
    },
  ],
  [
    'FailStep',
    sagaCommand('FailStep', { ...step, error: FULL }),
    {
      none: 'NOT_FOUND',
      'just started': CONFLICT,
      'in its first step': [flightFailed],
      'behind its first step': CONFLICT,
      'to be cancelled': [flightFailed],
      'turned back in a step': CONFLICT,
      'turned back': CONFLICT,
      undone: CONFLICT,
      'not to be undone': CONFLICT,
      completed: CONFLICT,
      failed: CONFLICT,
    },
  ],
  [
    'CancelSaga',
    sagaCommand('CancelSaga', { reason: 'It rains.' }),
    {
      none: 'NOT_FOUND',
      'just started': [cancelWanted],
      'in its first step': [cancelWanted],
      'behind its first step': [cancelWanted],
      'with a failed step': [cancelWanted],
      'turned back in a step': CONFLICT,
      'turned back': CONFLICT,
      undone: CONFLICT,
      'not to be undone': CONFLICT,
      completed: CONFLICT,
      failed: CONFLICT,
    },
  ],
  [
    'StartCompensation',
    sagaCommand('StartCompensation', { cause: 'OOPS' }),
    {
      none: 'NOT_FOUND',
      'just started': turning(null, cutOff('The saga')),
      'in its first step': turning('flight', cutOff('The step flight')),
      'behind its first step': turning(null, cutOff('The saga')),
      'with a failed step': turning('flight', FULL),
      'to be cancelled': turning('flight', CANCELLED),
    },
  ],
  ['RecordCompensated', sagaCommand('RecordCompensated', step), { none: 'NOT_FOUND', 'turned back': [undone] }],
  [
    'RecordCompensationFailed',
    sagaCommand('RecordCompensationFailed', { ...step, error: FULL }),
    { none: 'NOT_FOUND', 'turned back': [notUndone] },
  ],
  [
    'EndSaga',
    sagaCommand('EndSaga', { cause: 'OOPS' }),
    {
      none: 'NOT_FOUND',
      'just started': ending(null, cutOff('The saga')),
      'in its first step': ending('flight', cutOff('The step flight')),
      'behind its first step': ending(null, cutOff('The saga')),
      'with a failed step': ending('flight', FULL),
      'to be cancelled': ending('flight', CANCELLED),
      'turned back in a step': [ended('flight', FULL)],
      'turned back': [ended(null, cutOff('The saga'))],
      undone: [ended(null, cutOff('The saga'))],
      'not to be undone': [ended(null, cutOff('The saga'))],
    },
  ],
];

const rows = TABLE.flatMap(([what, command, outcomes]) =>
  Object.keys(STATES).map((state) => {
    const outcome = outcomes[state as State] ?? [];
    const answer = typeof outcome === 'string' ? outcome : outcome.map(({ type }) => type).join(' and ');
    return { what, command, state: state as State, outcome, answer: answer || 'nothing' };
  }),
);

describe('a saga', () => {
  it.each(rows)('$what on a saga "$state" gives $answer', ({ command, state, outcome }) => {
    const decision = given(sagaDecider, sagaEvents, STATES[state]).when(command);
    if (typeof outcome === 'string') decision.thenRefused(outcome);
    else decision.thenEvents(...outcome);
  });

  it('that goes on leaves the one before as it was', () => {
    const events = recordedAs(sagaEvents, SAGA_ID, STATES.completed);
    const before = events.slice(0, 1).reduce(sagaDecider.evolve, sagaDecider.initial);
    const copy = structuredClone(before);
    events.slice(1).reduce(sagaDecider.evolve, before);
    expect(before).toEqual(copy);
  });

  it('throws for what no command and no event is, and where its history lacks its beginning', () => {
    const saga = recordedAs(sagaEvents, SAGA_ID, begun).reduce(sagaDecider.evolve, sagaDecider.initial);
    expect(() => sagaDecider.decide({ type: 'Steal' } as never, saga)).toThrow('Unexpected value');
    expect(() => sagaDecider.evolve(saga, { type: 'Stolen' } as never)).toThrow('Unexpected value');
    const headless = recordedAs(sagaEvents, SAGA_ID, begun.slice(1));
    expect(() => headless.reduce(sagaDecider.evolve, sagaDecider.initial)).toThrow(
      `${SAGA_ID} begins with SagaStepStarted instead of SagaStarted`,
    );
  });
});
