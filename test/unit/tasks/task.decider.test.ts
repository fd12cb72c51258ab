import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskCommand } from '../../../functions/contracts/commands.ts';
import { TaskAssigned } from '../../../functions/contracts/events/task-assigned.v1.ts';
import { TaskCompleted } from '../../../functions/contracts/events/task-completed.v1.ts';
import { TaskCreated } from '../../../functions/contracts/events/task-created.v1.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskEvents } from '../../../functions/contracts/events/task-events.ts';
import { TaskFailed } from '../../../functions/contracts/events/task-failed.v1.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import { taskDecider } from '../../../functions/tasks/domain/task.decider.ts';
import { given, recordedAs } from '../../support/given.ts';
import { DRILL, runs } from '../../support/seeds.ts';
import { anyTaskCommand, sampleEvent, TASK_ID, taskCommand } from '../../support/task-samples.ts';

const { TaskCreated: created, TaskAssigned: assigned, TaskCompleted: completed, TaskFailed: failed } = sampleEvent;

const STATES = {
  none: [],
  pending: [created],
  assigned: [created, assigned],
  completed: [created, assigned, completed],
  'failed while pending': [created, failed],
  'failed while assigned': [created, assigned, failed],
} satisfies Record<string, TaskEvent[]>;

type Outcome = TaskEvent | 'NOT_FOUND' | 'CONFLICT';

const TABLE: Record<TaskCommand['type'], Record<keyof typeof STATES, Outcome>> = {
  CreateTask: {
    none: created,
    pending: 'CONFLICT',
    assigned: 'CONFLICT',
    completed: 'CONFLICT',
    'failed while pending': 'CONFLICT',
    'failed while assigned': 'CONFLICT',
  },
  AssignTask: {
    none: 'NOT_FOUND',
    pending: assigned,
    assigned: 'CONFLICT',
    completed: 'CONFLICT',
    'failed while pending': 'CONFLICT',
    'failed while assigned': 'CONFLICT',
  },
  CompleteTask: {
    none: 'NOT_FOUND',
    pending: 'CONFLICT',
    assigned: completed,
    completed: 'CONFLICT',
    'failed while pending': 'CONFLICT',
    'failed while assigned': 'CONFLICT',
  },
  FailTask: {
    none: 'NOT_FOUND',
    pending: failed,
    assigned: failed,
    completed: 'CONFLICT',
    'failed while pending': 'CONFLICT',
    'failed while assigned': 'CONFLICT',
  },
};

const rows = Object.entries(TABLE).flatMap(([type, outcomes]) =>
  Object.entries(outcomes).map(([state, outcome]) => ({
    type: type as TaskCommand['type'],
    state: state as keyof typeof STATES,
    outcome,
    what: typeof outcome === 'string' ? `is refused with ${outcome}` : `leads to ${outcome.type}`,
  })),
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

const SCHEMAS = { TaskCreated, TaskAssigned, TaskCompleted, TaskFailed };
const ENDED = ['completed', 'failed'];

describe('whatever commands come in whatever order', () => {
  const commands = fc.array(anyTaskCommand, { maxLength: 15 });

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
      { numRuns: runs() },
    );
    expect([...ends].sort()).toEqual(['assigned', 'completed', 'failed', 'pending']);
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
      { numRuns: runs() },
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
