import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workDecider } from '../../../functions/agents/domain/work.decider.ts';
import type { WorkCommand } from '../../../functions/agents/domain/work-commands.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { workEvents } from '../../../functions/contracts/events/work-events.v1.ts';
import { assertOneHolder } from '../../support/agents/work-places.ts';
import {
  anyWorkCommand,
  ERROR,
  leaseEvents,
  offered,
  withdrawn,
  workCommand,
} from '../../support/agents/work-samples.ts';
import { DRILL, runs } from '../../support/seeds.ts';
import { given, recordedAs } from '../../support/tasks/given.ts';

const [one, two, three] = [leaseEvents(1), leaseEvents(2), leaseEvents(3)];
const returnedTwice = [offered, one.leased, one.returned, two.leased, two.returned];

const STATES = {
  none: [],
  waiting: [offered],
  'waiting again': [offered, one.leased, one.returned],
  'waiting for the third time': returnedTwice,
  'leased (1)': [offered, one.leased],
  'leased (2)': [offered, one.leased, one.returned, two.leased],
  'leased (3)': [...returnedTwice, three.leased],
  done: [offered, one.leased, one.done],
  failed: [offered, one.leased, one.failed],
  'withdrawn while it waited': [offered, withdrawn],
  'withdrawn while it was leased': [offered, one.leased, withdrawn],
  'withdrawn before it was offered': [withdrawn],
} satisfies Record<string, WorkEvent[]>;
type State = keyof typeof STATES;
const ALL = Object.keys(STATES) as State[];

type Outcome = WorkEvent | 'NOT_FOUND' | 'CONFLICT';

/** What each command leads to where it is not refused; by default it is in conflict with the state. */
function outcomes(elsewhere: Outcome, taken: Partial<Record<State, Outcome>>): Record<State, Outcome> {
  return Object.fromEntries(ALL.map((state) => [state, taken[state] ?? elsewhere])) as Record<State, Outcome>;
}

/** The commands of an agent, by the lease that it holds. */
const TABLE: { command: WorkCommand; by: string; outcomes: Record<State, Outcome> }[] = [
  { command: workCommand('OfferWork'), by: '', outcomes: outcomes('CONFLICT', { none: offered }) },
  {
    command: workCommand('LeaseWork', 'lease_3'),
    by: '',
    outcomes: outcomes('CONFLICT', {
      none: 'NOT_FOUND',
      waiting: three.leased,
      'waiting again': three.leased,
      'waiting for the third time': three.leased,
    }),
  },
  {
    command: workCommand('WithdrawWork'),
    by: '',
    outcomes: outcomes(withdrawn, {
      done: 'CONFLICT',
      failed: 'CONFLICT',
      'withdrawn while it waited': 'CONFLICT',
      'withdrawn while it was leased': 'CONFLICT',
      'withdrawn before it was offered': 'CONFLICT',
    }),
  },
  ...[one, two, three].flatMap((events, index) => {
    const leaseId = `lease_${index + 1}`;
    const holding = `leased (${index + 1})`;
    const only = (event: WorkEvent) => outcomes('CONFLICT', { none: 'NOT_FOUND', [holding]: event });
    return [
      {
        command: workCommand('ReturnWork', leaseId),
        by: leaseId,
        outcomes: only(index === 2 ? events.failed : events.returned),
      },
      { command: workCommand('FinishWork', leaseId), by: leaseId, outcomes: only(events.done) },
      { command: workCommand('FailWork', leaseId), by: leaseId, outcomes: only(events.failed) },
    ];
  }),
];

const rows = TABLE.flatMap(({ command, by, outcomes }) =>
  Object.entries(outcomes).map(([state, outcome]) => ({
    command,
    name: `${command.type}${by && ` by ${by}`}`,
    state: state as State,
    outcome,
    what: typeof outcome === 'string' ? `is refused with ${outcome}` : `leads to ${outcome.type}`,
  })),
);

const stateAfter = (events: readonly WorkEvent[]) =>
  recordedAs(workEvents, 'work_1', events).reduce(workDecider.evolve, workDecider.initial);

describe('work', () => {
  it.each(rows)('$name on "$state" $what', ({ command, state, outcome }) => {
    const decision = given(workDecider, workEvents, STATES[state]).when(command);
    if (typeof outcome === 'string') decision.thenRefused(outcome);
    else decision.thenEvents(outcome);
  });

  it('that fails by its third agent keeps that one’s error', () => {
    const error = { code: 'FLAKY', message: 'Once more.' };
    const command = { ...workCommand('ReturnWork', 'lease_3'), payload: { leaseId: 'lease_3', error } } as WorkCommand;
    given(workDecider, workEvents, STATES['leased (3)'])
      .when(command)
      .thenEvents({ type: 'WorkFailed', data: { leaseId: 'lease_3', agentId: 'agent_3', error } });
  });

  it('knows what it is, who has it or had it last, and how often it was given back', () => {
    const offer = offered.data;
    const lease = (number: number) => ({ leaseId: `lease_${number}`, agentId: `agent_${number}` });
    expect(Object.fromEntries(ALL.map((state) => [state, stateAfter(STATES[state])]))).toEqual({
      none: { status: 'none' },
      waiting: { status: 'waiting', offer, returns: 0, lease: null },
      'waiting again': { status: 'waiting', offer, returns: 1, lease: lease(1) },
      'waiting for the third time': { status: 'waiting', offer, returns: 2, lease: lease(2) },
      'leased (1)': { status: 'leased', offer, returns: 0, lease: lease(1) },
      'leased (2)': { status: 'leased', offer, returns: 1, lease: lease(2) },
      'leased (3)': { status: 'leased', offer, returns: 2, lease: lease(3) },
      done: { status: 'done', offer, lease: lease(1) },
      failed: { status: 'failed', offer, lease: lease(1), error: ERROR },
      'withdrawn while it waited': { status: 'withdrawn', offer, returns: 0, lease: null },
      'withdrawn while it was leased': { status: 'withdrawn', offer, returns: 0, lease: lease(1) },
      'withdrawn before it was offered': { status: 'withdrawn', offer: null, returns: 0, lease: null },
    });
  });

  it('refuses what no command and no event is, and a history without a beginning', () => {
    const leased = stateAfter(STATES['leased (1)']);
    const odd = { type: 'Steal', payload: { leaseId: 'lease_1' } };
    expect(() => workDecider.decide(odd as never, leased)).toThrow('Unexpected value');
    expect(() => workDecider.evolve(leased, { type: 'Stolen', data: {} } as never)).toThrow('Unexpected value');
    expect(() => stateAfter([one.leased])).toThrow('begins with WorkLeased instead of WorkOffered');
  });
});

/** Sends every command to the work as it then is; answers what was accepted. */
function accepted(commands: readonly WorkCommand[]): WorkEvent[] {
  const events: WorkEvent[] = [];
  for (const command of commands) {
    const decision = workDecider.decide(command, stateAfter(events));
    if (decision.ok) events.push(...decision.events);
  }
  return events;
}

const ENDS = ['WorkDone', 'WorkFailed', 'WorkWithdrawn'];

describe('whatever commands come in whatever order', () => {
  const commands = fc.array(anyWorkCommand, { maxLength: 40, size: 'max' });

  it('one lease at most holds the work, each ends once, and the work ends once', DRILL, async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.property(commands, (all) => {
        const events = accepted(all);
        assertOneHolder(events);
        expect(events.slice(0, -1).filter(({ type }) => ENDS.includes(type))).toEqual([]);
        for (const { type } of events) seen.add(type);
      }),
      { numRuns: 4 * runs() },
    );
    expect([...seen].sort()).toEqual([...ENDS, 'WorkLeased', 'WorkOffered', 'WorkReturned'].sort());
  });

  it('no more than three leases are given out', DRILL, () =>
    fc.assert(
      fc.property(commands, (all) => {
        expect(accepted(all).filter(({ type }) => type === 'WorkLeased').length).toBeLessThanOrEqual(3);
      }),
      { numRuns: runs() },
    ),
  );

  it('the same command on the same state gives the same events', DRILL, () =>
    fc.assert(
      fc.property(commands, (all) => {
        expect(accepted(structuredClone(all))).toEqual(accepted(all));
      }),
      { numRuns: runs() },
    ),
  );
});
