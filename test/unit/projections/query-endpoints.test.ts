import { beforeEach, describe, expect, it } from 'vitest';
import type { QueryResult } from '../../../functions/contracts/api/query.ts';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { queryEndpoints } from '../../../functions/projections/adapters/query-endpoints.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../../support/api/api-calls.ts';
import { apiCaller } from '../../support/api/api-calls.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { ProjectionWorld } from '../../support/projections/projection-world.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

captureLogLines();
let world: ProjectionWorld;
/** What was read, each time it was. */
let reads: ProjectionName[];
let call: ReturnType<typeof apiCaller>;
beforeEach(() => {
  world = new ProjectionWorld();
  reads = [];
  const readerOf = (name: ProjectionName) => {
    reads.push(name);
    return world.rowsOf(name);
  };
  call = apiCaller(httpPipeline(queryEndpoints({ readerOf })));
});

const send = (body: unknown, more: Partial<ApiCall> = {}) =>
  call({ method: 'POST', path: '/api/v1/queries', body, scopes: 'read', ...more });
async function answer(type: string, parameters?: object): Promise<QueryResult> {
  const { status, json } = await send({ type, ...(parameters && { parameters }) });
  expect([status, json.error]).toEqual([200, undefined]);
  return json.data as QueryResult;
}

/** All that happens to this aggregate reaches the projection. */
async function happen(
  name: ProjectionName,
  aggregateId: string,
  ...events: Parameters<ProjectionWorld['commit']>[1][]
) {
  expect(await world.deliver(await world.commit(aggregateId, ...events), undefined, name)).toEqual([]);
}

describe('the row', () => {
  it('needs the scope read, and no other will do', async () => {
    const { status, json } = await send({ type: 'tasks' }, { scopes: 'write,admin,agent' });
    expect([status, json.error.code]).toEqual([403, 'FORBIDDEN']);
    expect((await send({ type: 'tasks' })).status).toBe(200);
  });

  it.each(['nothing', 'toString', '__proto__', 'constructor', 'hasOwnProperty', 'Tasks', 'tasks '])(
    'knows no read model %j, and names it',
    async (type) => {
      const { status, json } = await send({ type });
      expect([status, json.error.code, json.error.details]).toEqual([404, 'READ_MODEL_NOT_FOUND', { queryType: type }]);
      expect(json.error.message).toBe(`There is no read model "${type}"; there are tasks, task-counts, agents, sagas.`);
      expect(reads).toEqual([]);
    },
  );

  it.each([
    [{}, 'type'],
    [{ type: 1 }, 'type'],
    [{ type: '' }, 'type'],
    [{ type: 'tasks', parameters: [] }, 'parameters'],
    [{ type: 'tasks', parameters: null }, 'parameters'],
    [{ type: 'tasks', limit: 5 }, 'limit'],
  ])('refuses the body %j', async (body, path) => {
    const { status, json } = await send(body);
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, [path]]);
  });

  it.each<[string, object, string[]]>([
    ['tasks', { status: 'lost' }, ['parameters.status']],
    ['tasks', { limit: 0, color: 'red' }, ['parameters.limit', 'parameters.color']],
    ['tasks', { agent: '' }, ['parameters.agent']],
    ['tasks', { cursor: '' }, ['parameters.cursor']],
    ['task-counts', { limit: 5 }, ['parameters.limit']],
    ['task-counts', { type: 'a b' }, ['parameters.type']],
    ['agents', { status: 'online' }, ['parameters.status']],
    ['sagas', { status: 'pending' }, ['parameters.status']],
    ['sagas', { toString: 1 }, ['parameters.toString']],
  ])('refuses of %s the parameters %j', async (type, parameters, paths) => {
    const { status, json } = await send({ type, parameters });
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error.details?.map(({ path }) => path)).toEqual(paths);
    expect(reads).toEqual([]);
  });
});

describe('an answer', () => {
  it('is a page of tasks, by filters', async () => {
    await happen('tasks', 'task_1', sampleEvent.TaskCreated);
    await happen('tasks', 'task_2', sampleEvent.TaskCreated, sampleEvent.TaskAssigned);
    await happen('tasks', 'task_3', sampleEvent.TaskCreated);
    const ids = ({ data }: QueryResult) => (data.items as { taskId: string }[]).map(({ taskId }) => taskId);
    const first = await answer('tasks', { limit: 2 });
    expect(ids(first)).toEqual(['task_3', 'task_2']);
    const second = await answer('tasks', { limit: 2, cursor: first.data.nextCursor });
    expect([ids(second), second.data.nextCursor]).toEqual([['task_1'], null]);
    expect(ids(await answer('tasks', { agent: 'scaffold' }))).toEqual(['task_2']);
    expect(ids(await answer('tasks', { status: 'pending', type: 'code_generation' }))).toEqual(['task_3', 'task_1']);
    expect(ids(await answer('tasks', { correlationId: 'corr_2' }))).toEqual([]);
  });

  it('is the counts of tasks', async () => {
    await happen('task-counts', 'task_1', sampleEvent.TaskCreated);
    await happen('task-counts', 'task_2', sampleEvent.TaskCreated, sampleEvent.TaskFailed);
    expect((await answer('task-counts')).data).toEqual({
      items: [
        { type: 'code_generation', status: 'failed', count: 1 },
        { type: 'code_generation', status: 'pending', count: 1 },
      ],
      ...{ byType: { code_generation: 2 }, byStatus: { failed: 1, pending: 1 }, total: 2 },
    });
    expect((await answer('task-counts', { status: 'failed' })).data).toMatchObject({ total: 1 });
  });

  it('is agents with what they do and have done, and no work', async () => {
    const data = { name: 'Ada', capabilities: ['code_generation'], maxConcurrency: 1 };
    const lease = { leaseId: 'lease_1', agentId: 'agent_1' };
    const offer = { taskId: 'task_1', sagaId: 'task-saga_1', taskType: 'code_generation', priority: 5 };
    await happen('agents', 'agent_1', { type: 'AgentRegistered', data });
    await happen('agents', 'work_1', { type: 'WorkOffered', data: offer }, { type: 'WorkLeased', data: lease });
    const createdAt = '2026-08-19T12:00:00.001Z';
    expect((await answer('agents')).data).toEqual({
      items: [{ agentId: 'agent_1', ...data, createdAt, activeTasks: 1, completedTasks: 0, failedTasks: 0 }],
      nextCursor: null,
    });
  });

  it('is an empty page where there is nothing', async () => {
    for (const type of ['tasks', 'agents', 'sagas'])
      expect((await answer(type)).data).toEqual({ items: [], nextCursor: null });
    expect((await answer('task-counts')).data).toEqual({ items: [], byType: {}, byStatus: {}, total: 0 });
  });

  it('says what it is of and when it was read', async () => {
    expect((await answer('tasks')).metadata).toEqual({
      ...{ queryType: 'tasks', timestamp: expect.stringMatching(/^\d{4}-.*Z$/), fromCache: false },
    });
  });

  it('refuses a cursor of another list', async () => {
    await happen('tasks', 'task_1', sampleEvent.TaskCreated);
    await happen('tasks', 'task_2', sampleEvent.TaskCreated);
    const { data } = await answer('tasks', { limit: 1 });
    const parameters = { limit: 1, status: 'pending', cursor: data.nextCursor };
    const { status, json } = await send({ type: 'tasks', parameters });
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

it('is read anew for each query, so that no answer shows less than the one before', async () => {
  expect((await answer('tasks')).data).toMatchObject({ items: [] });
  await happen('tasks', 'task_1', sampleEvent.TaskCreated);
  const { data, metadata } = await answer('tasks');
  expect([(data.items as object[]).length, metadata.fromCache, reads]).toEqual([1, false, ['tasks', 'tasks']]);
});
