import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskCommand } from '../../../functions/contracts/commands.ts';
import { TaskAssigned } from '../../../functions/contracts/events/task-assigned.v1.ts';
import { TaskCancelled } from '../../../functions/contracts/events/task-cancelled.v1.ts';
import { TaskCompleted } from '../../../functions/contracts/events/task-completed.v1.ts';
import { TaskCreated } from '../../../functions/contracts/events/task-created.v1.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskEvents } from '../../../functions/contracts/events/task-events.ts';
import { TaskFailed } from '../../../functions/contracts/events/task-failed.v1.ts';
import { TaskReleased } from '../../../functions/contracts/events/task-released.v1.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import { taskDecider } from '../../../functions/tasks/domain/task.decider.ts';
import { DRILL, runs } from '../../support/seeds.ts';
import { given, recordedAs } from '../../support/tasks/given.ts';
import { anyTaskCommand, sampleEvent, TASK_ID, taskCommand } from '../../support/tasks/task-samples.ts';

const {
  TaskCreated: created,
  TaskAssigned: assigned,
  TaskReleased: released,
  TaskCompleted: completed,
  TaskFailed: failed,
  TaskCancelled: cancelled,
} = sampleEvent;

const STATES = {
  none: [],
  pending: [created],
  assigned: [created, assigned],
  released: [created, assigned, released],
  completed: [created, assigned, completed],
  'failed while pending': [created, failed],
  'failed while assigned': [created, assigned, failed],
  'cancelled while pending': [created, cancelled],
  'cancelled while assigned': [created, assigned, cancelled],
} satisfies Record<string, TaskEvent[]>;

/** States that are not named: refused with CONFLICT. */
type Outcomes = Partial<Record<keyof typeof STATES, TaskEvent | 'NOT_FOUND'>>;

const TABLE: Record<TaskCommand['type'], Outcomes> = {
  CreateTask: { none: created },
  AssignTask: { none: 'NOT_FOUND', pending: assigned, released: assigned },
  ReleaseTask: { none: 'NOT_FOUND', assigned: released },
  CompleteTask: { none: 'NOT_FOUND', assigned: completed },
  FailTask: { none: 'NOT_FOUND', pending: failed, released: failed, assigned: failed },
  CancelTask: { none: 'NOT_FOUND', pending: cancelled, released: cancelled, assigned: cancelled },
};

const rows = Object.entries(TABLE).flatMap(([type, outcomes]) =>
  Object.keys(STATES).map((state) => {
    const outcome = outcomes[state as keyof typeof STATES] ?? ('CONFLICT' as const);
    const what = typeof outcome === 'string' ? `is refused with ${outcome}` : `leads to ${outcome.type}`;
    return { type: type as TaskCommand['type'], state: state as keyof typeof STATES, outcome, what };
  }),
);

describe('a task', () => {
  it.each(rows)('$type on "$state" $what', ({ type, state, outcome }) => {
    const decision = given(taskDecider, taskEvents, STATES[state]).when(taskCommand(type));
    if (typeof outcome === 'string') decision.thenRefused(outcome);
    else decision.thenEvents(outcome);
  });

  it('knows who works on it', () => {
    const state = recordedAs(taskEvents, TASK_ID, STATES.assigned).reduce(taskDecider.evolve, taskDecider.initial);
    expect(state).toEqual({ status: 'assigned', agent: 'scaffold' });
  });

  it('is released by the agent that has it, and by no other', () => {
    const other = { ...taskCommand('ReleaseTask'), payload: { ...released.data, agent: 'agent_2' } };
    given(taskDecider, taskEvents, STATES.assigned).when(other).thenRefused('CONFLICT');
  });

  it('refuses what no command and no event is', () => {
    expect(() => taskDecider.decide({ type: 'Steal' } as never, { status: 'none' })).toThrow('Unexpected value');
    expect(() => taskDecider.evolve({ status: 'none' }, { type: 'Stolen' } as never)).toThrow('Unexpected value');
  });
});

/** Sends every command to the task as it then is; answers what was accepted. */
function accepted(commands: readonly TaskCommand[]): TaskEvent[] {
  const events: TaskEvent[] = [];
  for (const command of commands) {
    const state = recordedAs(taskEvents, TASK_ID, events).reduce(taskDecider.evolve, taskDecider.initial);
    const decision = taskDecider.decide(command, state);
    if (decision.ok) events.push(...decision.events);
  }
  return events;
}

const SCHEMAS = { TaskCreated, TaskAssigned, TaskReleased, TaskCompleted, TaskFailed, TaskCancelled };
const ENDED = ['completed', 'failed', 'cancelled'];

describe('whatever commands come in whatever order', () => {
  const commands = fc.array(anyTaskCommand, { maxLength: 20, size: 'max' });

  it('what was accepted folds, ends at most once, and is counted by the version', DRILL, async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.property(commands, (all) => {
        const events = accepted(all);
        const views = recordedAs(taskEvents, TASK_ID, events).map((_, index, recorded) =>
          recorded.slice(0, index + 1).reduce(taskView, undefined as never),
        );
        expect(views.map((view) => view.version)).toEqual(events.map((_, index) => index + 1));
        const statuses = views.map((view) => view.status);
        expect(statuses.slice(0, -1).filter((status) => ENDED.includes(status))).toEqual([]);
        for (const status of statuses) ends.add(status);
      }),
      { numRuns: 6 * runs() },
    );
    expect([...ends].sort()).toEqual(['assigned', 'cancelled', 'completed', 'failed', 'pending']);
  });

  it('every event keeps its published contract', DRILL, async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.property(commands, (all) => {
        for (const event of accepted(all)) {
          const outcome = SCHEMAS[event.type].safeParse(event);
          expect(outcome.error?.issues).toBeUndefined();
          seen.add(event.type);
        }
      }),
      { numRuns: 6 * runs() },
    );
    expect([...seen].sort()).toEqual(Object.keys(SCHEMAS).sort());
  });

  it('the same command on the same state gives the same events', DRILL, () =>
    fc.assert(
      fc.property(commands, (all) => {
        expect(accepted(structuredClone(all))).toEqual(accepted(all));
      }),
      { numRuns: runs() },
    ),
  );
});
