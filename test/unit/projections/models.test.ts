import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../functions/contracts/events/agent-events.v1.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { agentReadModel } from '../../../functions/contracts/views/agent.model.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import { taskCountsModel } from '../../../functions/contracts/views/task-counts.model.ts';
import { agentsProjection } from '../../../functions/projections/domain/agents/agents.projection.ts';
import { agentsQuery } from '../../../functions/projections/domain/agents/agents.query.ts';
import { sagasQuery } from '../../../functions/projections/domain/sagas/sagas.query.ts';
import { taskCountsProjection } from '../../../functions/projections/domain/task-counts/task-counts.projection.ts';
import { taskCountsQuery } from '../../../functions/projections/domain/task-counts/task-counts.query.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks/tasks.projection.ts';
import { tasksQuery } from '../../../functions/projections/domain/tasks/tasks.query.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Projection } from '../../../functions/shared/kernel/projection.ts';
import { leaseEvents, offered, withdrawn } from '../../support/agents/work-samples.ts';
import { recordedAs } from '../../support/tasks/given.ts';
import { sampleEvent, TASK_ID } from '../../support/tasks/task-samples.ts';

const BEGUN = '2026-08-19T10:11:12.345Z';
const [one, two] = [leaseEvents(1), leaseEvents(2)];

/** The row of an aggregate after these events. */
function rowOf<E extends NewEvent, Row>(projection: Projection<E, Row>, aggregateId: string, events: readonly E[]) {
  const row = recordedAs(projection.events, aggregateId, events).reduce<Row | undefined>(projection.project, undefined);
  return row as Row;
}

describe('a task', () => {
  const { TaskCreated, TaskAssigned, TaskReleased, TaskCompleted, TaskFailed, TaskCancelled } = sampleEvent;

  it.each([
    ['pending', [TaskCreated]],
    ['assigned', [TaskCreated, TaskAssigned]],
    ['pending', [TaskCreated, TaskAssigned, TaskReleased]],
    ['completed', [TaskCreated, TaskAssigned, TaskCompleted]],
    ['failed', [TaskCreated, TaskFailed]],
    ['cancelled', [TaskCreated, TaskCancelled]],
  ])('counts for its type as %s: %#', (status, events) => {
    const row = rowOf(taskCountsProjection, TASK_ID, events);
    expect(row).toEqual({ taskId: TASK_ID, type: 'code_generation', status });
    expect(taskCountsProjection.counts?.(row)).toEqual({ code_generation: { [status]: 1 } });
    expect(rowOf(tasksProjection, TASK_ID, events).status).toBe(status);
  });

  it('is counted and never listed', () => {
    expect(taskCountsModel.isListed?.(rowOf(taskCountsProjection, TASK_ID, [TaskCreated]))).toBe(false);
    expect(taskCountsModel.countParts).toBe(16);
  });

  it('without its creation is an error', () => {
    expect(() => rowOf(taskCountsProjection, TASK_ID, [TaskAssigned])).toThrow(
      `${TASK_ID} begins with TaskAssigned instead of TaskCreated`,
    );
  });

  it('is listed as its view shows it', () => {
    const events = [TaskCreated, TaskAssigned];
    const view = recordedAs(tasksProjection.events, TASK_ID, events).reduce<ReturnType<typeof taskView> | undefined>(
      taskView,
      undefined,
    );
    expect(rowOf(tasksProjection, TASK_ID, events)).toEqual(view);
  });
});

describe('the tasks of a query', () => {
  it('are those of an agent by the name of its field', () => {
    if (tasksQuery.from !== 'rows') throw new Error('It is a list.');
    expect(tasksQuery.where({ agent: 'scaffold', status: 'pending' })).toEqual({
      ...{ assignedAgent: 'scaffold', status: 'pending' },
    });
    expect(tasksQuery.where({})).toEqual({});
  });
});

describe('sagas of a query', () => {
  it('are those of a status', () => {
    expect(sagasQuery.where({ status: 'failed' })).toEqual({ status: 'failed' });
    expect(sagasQuery.where({})).toEqual({});
  });
});

describe('an agent', () => {
  const data = { name: 'Ada', capabilities: ['code_generation'], maxConcurrency: 2 };
  const registered: AgentEvent = { type: 'AgentRegistered', data };

  it('is as it registered last, since it first did', () => {
    const again: AgentEvent = { type: 'AgentRegistered', data: { ...data, maxConcurrency: 3 } };
    const row = rowOf(agentsProjection, 'agent_1', [registered, again]);
    expect(row).toEqual({ kind: 'agent', id: 'agent_1', ...data, maxConcurrency: 3, createdAt: BEGUN });
    expect([agentsProjection.counts?.(row), agentReadModel.isListed?.(row)]).toEqual([{}, true]);
  });

  it.each<[string, WorkEvent[], object]>([
    ['is offered', [offered], {}],
    ['is leased', [offered, one.leased], { agent_1: { active: 1 } }],
    ['was given back', [offered, one.leased, one.returned], {}],
    ['another one has now', [offered, one.leased, one.returned, two.leased], { agent_2: { active: 1 } }],
    ['is done', [offered, one.leased, one.done], { agent_1: { completed: 1 } }],
    ['failed', [offered, one.leased, one.failed], { agent_1: { failed: 1 } }],
    ['was withdrawn from it', [offered, one.leased, withdrawn], {}],
    ['was withdrawn before it was offered', [withdrawn], {}],
  ])('has work that %s, which counts for nobody else', (_what, events, counts) => {
    const row = rowOf(agentsProjection, 'work_1', events);
    expect(agentsProjection.counts?.(row)).toEqual(counts);
    expect(agentReadModel.isListed?.(row)).toBe(false);
    expect(row).toMatchObject({ kind: 'work', id: 'work_1', createdAt: BEGUN });
  });

  it('is shown with its counts, or zeros', () => {
    const row = rowOf(agentsProjection, 'agent_1', [registered]);
    const shown = { agentId: 'agent_1', ...data, createdAt: BEGUN };
    expect(agentsQuery.countsOf?.(row)).toBe('agent_1');
    expect(agentsQuery.show(row, { agent_1: { active: 2, failed: 1 } })).toEqual({
      ...shown,
      ...{ activeTasks: 2, completedTasks: 0, failedTasks: 1 },
    });
    expect(agentsQuery.show(row, { agent_2: { active: 2 } })).toMatchObject({ ...shown, activeTasks: 0 });
    expect(agentsQuery.where({})).toEqual({});
  });
});

describe('counts of tasks', () => {
  const counts = { b: { failed: 2, pending: 0 }, a: { pending: 3 }, ['__proto__']: { pending: 1 } };
  const show = (parameters: object) => taskCountsQuery.show(counts, parameters) as { items: object[]; total: number };

  it('are summed up by type and by status', () => {
    const { items, ...sums } = show({});
    expect(items).toEqual(
      expect.arrayContaining([
        { type: '__proto__', status: 'pending', count: 1 },
        { type: 'a', status: 'pending', count: 3 },
        { type: 'b', status: 'failed', count: 2 },
        { type: 'b', status: 'pending', count: 0 },
      ]),
    );
    expect(items).toHaveLength(4);
    expect(JSON.parse(JSON.stringify(sums))).toEqual(
      JSON.parse('{"byType":{"__proto__":1,"a":3,"b":2},"byStatus":{"pending":4,"failed":2},"total":6}'),
    );
  });

  it.each([
    [{ type: 'b' }, 2, 2],
    [{ status: 'pending' }, 3, 4],
    [{ type: 'b', status: 'failed' }, 1, 2],
    [{ type: 'toString' }, 0, 0],
  ])('of %j are %i items, %i in all', (parameters, items, total) => {
    const shown = show(parameters);
    expect([shown.items.length, shown.total]).toEqual([items, total]);
  });
});
