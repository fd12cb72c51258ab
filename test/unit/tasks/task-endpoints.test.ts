import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Task } from '../../../functions/contracts/api/task.ts';
import { StoredEvent } from '../../../functions/contracts/event.ts';
import { REQUEST_ID } from '../../support/api/api-calls.ts';
import { TASK_BODY, TASKS, taskApi } from '../../support/api/task-api.ts';
import { samplePayload, TASK_ID, taskCommand } from '../../support/tasks/task-samples.ts';

let api: ReturnType<typeof taskApi>;
beforeEach(() => {
  api = taskApi();
});

describe('POST /tasks', () => {
  it('answers the task, pending, with what was left out filled in', async () => {
    const { status, json, headers } = await api.create({ headers: { 'x-correlation-id': 'mine' } });
    expect([status, headers['x-correlation-id']]).toEqual([201, 'mine']);
    expect(json.data).toEqual({
      taskId: expect.stringMatching(/^task_[0-9A-Z]{26}$/),
      ...TASK_BODY,
      requirements: [],
      priority: 5,
      metadata: {},
      status: 'pending',
      assignedAgent: null,
      result: null,
      error: null,
      correlationId: 'mine',
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: (json.data as Task).createdAt,
    });
    expect(Task.strict().safeParse(json.data).error).toBeUndefined();
  });

  it('keeps everything that the caller gave, as it came', async () => {
    const whole = {
      ...samplePayload.CreateTask,
      metadata: { 'a b': [null, { deep: ['Ж', 1e300, ''] }], constructor: 1 },
    };
    expect((await api.create({ body: whole })).json.data).toMatchObject(whole);
  });

  it('stores one commit under the request, by the key, before it answers', async () => {
    const { taskId } = await api.created();
    expect((await api.log.load(taskId)).commits).toEqual([
      expect.objectContaining({
        commitId: REQUEST_ID,
        version: 1,
        events: [{ type: 'TaskCreated', data: { ...TASK_BODY, requirements: [], priority: 5, metadata: {} } }],
        metadata: expect.objectContaining({ causationId: REQUEST_ID, userId: 'key_1' }),
      }),
    ]);
  });

  it('takes no task while its agents are unavailable, and leaves nothing behind', async () => {
    const append = vi.spyOn(api.log, 'append');
    api.refused.add('agent-service');
    expect(await api.create()).toMatchObject({
      status: 503,
      json: { error: { code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('agent-service') } },
    });
    expect(append).not.toHaveBeenCalled();
    api.refused.delete('agent-service');
    expect(await api.create()).toMatchObject({ status: 201 });
    expect(append).toHaveBeenCalledOnce();
  });

  it('makes the same task of the same call under a key, also where nothing was kept of the first', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const first = await api.create({ headers });
    expect((await api.create({ headers })).json.data).toEqual(first.json.data);
    const { taskId } = first.json.data as Task;
    expect((await api.log.load(taskId)).version).toBe(1);
  });

  it('makes another task of each call', async () => {
    expect((await api.created()).taskId).not.toBe((await api.created()).taskId);
  });

  it.each([
    [{}, ['description', 'type']],
    [{ ...TASK_BODY, type: 'with space' }, ['type']],
    [{ ...TASK_BODY, type: 'x'.repeat(65) }, ['type']],
    [{ ...TASK_BODY, description: '' }, ['description']],
    [{ ...TASK_BODY, description: 'x'.repeat(10_001) }, ['description']],
    [{ ...TASK_BODY, priority: 10 }, ['priority']],
    [{ ...TASK_BODY, priority: -1 }, ['priority']],
    [{ ...TASK_BODY, priority: 1.5 }, ['priority']],
    [{ ...TASK_BODY, priority: '5' }, ['priority']],
    [{ ...TASK_BODY, requirements: {} }, ['requirements']],
    [{ ...TASK_BODY, requirements: [{ type: 'a' }] }, ['requirements.0.value']],
    [{ ...TASK_BODY, requirements: [{ type: '', value: '' }] }, ['requirements.0.type', 'requirements.0.value']],
    [{ ...TASK_BODY, requirements: [{ type: 'a', value: 'b', odd: 1 }] }, ['requirements.0.odd']],
    [{ ...TASK_BODY, requirements: Array(51).fill({ type: 'a', value: 'b' }) }, ['requirements']],
    [{ ...TASK_BODY, metadata: [] }, ['metadata']],
    [{ ...TASK_BODY, metadata: { '': 1 } }, ['metadata.']],
    [{ ...TASK_BODY, taskId: TASK_ID, status: 'completed' }, ['status', 'taskId']],
    [{ ...TASK_BODY, callbackUrl: '' }, ['callbackUrl']],
    [{ ...TASK_BODY, callbackUrl: `https://a.example/${'a'.repeat(2031)}` }, ['callbackUrl']],
    [{ ...TASK_BODY, callbackUrl: null }, ['callbackUrl']],
    ['{"type":"a","description":"b","metadata":{"a":1e400}}', ['metadata.a']],
  ])('refuses %j', async (wrong, paths) => {
    const { status, json } = await api.create({ body: wrong });
    expect([status, json.error.details?.map(({ path }) => path).sort()]).toEqual([400, paths]);
  });

  it('needs the scope write', async () => {
    expect((await api.create({ scopes: 'read,admin,agent' })).status).toBe(403);
  });
});

describe('GET /tasks/{taskId}', () => {
  it('sees the task right after it was created, and each change of it', async () => {
    const task = await api.created();
    expect((await api.call({ path: `${TASKS}/${task.taskId}` })).json.data).toEqual(task);
    await api.commands(taskCommand('AssignTask', { aggregateId: task.taskId }));
    const { data } = (await api.call({ path: `${TASKS}/${task.taskId}` })).json;
    expect(data).toMatchObject({ status: 'assigned', assignedAgent: 'scaffold', version: 2 });
  });

  it('answers 404 for a task that there is not, 400 for what is no task id', async () => {
    const missing = await api.call({ path: `${TASKS}/${TASK_ID}` });
    expect([missing.status, missing.json.error.message]).toEqual([404, `There is no task ${TASK_ID}.`]);
    expect((await api.call({ path: `${TASKS}/task_1` })).json.error.details).toMatchObject([{ path: 'taskId' }]);
  });

  it('needs the scope read', async () => {
    expect((await api.call({ path: `${TASKS}/${TASK_ID}`, scopes: 'write,admin,agent' })).status).toBe(403);
  });
});

describe('GET /tasks/{taskId}/events', () => {
  it('gives the whole history, oldest first', async () => {
    await api.commands('CreateTask', 'AssignTask', 'CompleteTask');
    const { items } = (await api.call({ path: `${TASKS}/${TASK_ID}/events` })).json.data as { items: StoredEvent[] };
    expect(items.map(({ eventType, data }) => [eventType, data.version])).toEqual([
      ['domain.TaskCreated', 1],
      ['domain.TaskAssigned', 2],
      ['domain.TaskCompleted', 3],
    ]);
    expect(items.filter((item) => !StoredEvent.strict().safeParse(item).success)).toEqual([]);
  });

  it('answers 404 for a task that there is not', async () => {
    expect((await api.call({ path: `${TASKS}/${TASK_ID}/events` })).status).toBe(404);
  });
});
