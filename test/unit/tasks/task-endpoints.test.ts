import { beforeEach, describe, expect, it } from 'vitest';
import { Task } from '../../../functions/contracts/api/task.ts';
import { StoredEvent } from '../../../functions/contracts/event.ts';
import type { TaskResult } from '../../../functions/contracts/task-fields.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { commandHandler } from '../../../functions/shared/platform/command-handler.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { taskAggregate } from '../../../functions/tasks/adapters/task-aggregate.ts';
import type { TaskPorts } from '../../../functions/tasks/adapters/task-endpoints.ts';
import { taskEndpoints } from '../../../functions/tasks/adapters/task-endpoints.ts';
import type { ApiCall } from '../../support/api-calls.ts';
import { apiCaller, REQUEST_ID } from '../../support/api-calls.ts';
import { memoryEventLog } from '../../support/memory-event-log.ts';
import { memoryReadModels } from '../../support/memory-read-models.ts';
import { memoryTaskFiles } from '../../support/memory-task-files.ts';
import { samplePayload, TASK_ID, taskCommand } from '../../support/task-samples.ts';

const TASKS = '/api/v1/tasks';
const body = { type: 'code_generation', description: 'Generate a simple REST API' };

let ports: TaskPorts;
let call: ReturnType<typeof apiCaller>;
beforeEach(() => {
  ports = { log: memoryEventLog(), tasks: memoryReadModels(taskReadModel), files: memoryTaskFiles() };
  call = apiCaller(httpPipeline(taskEndpoints(ports)));
});

const create = (more: Partial<ApiCall> = {}) => call({ method: 'POST', path: TASKS, body, ...more });
const created = async () => (await create()).json.data as Task;

/** Brings the sample task to its end, with this result. */
async function completed(result: TaskResult): Promise<void> {
  const handle = commandHandler(taskAggregate, ports.log);
  await handle(taskCommand('CreateTask'));
  await handle(taskCommand('AssignTask'));
  await handle({ ...taskCommand('CompleteTask'), payload: { result } });
}

describe('POST /tasks', () => {
  it('answers the task, pending, with what was left out filled in', async () => {
    const { status, json, headers } = await create({ headers: { 'x-correlation-id': 'mine' } });
    expect([status, headers['x-correlation-id']]).toEqual([201, 'mine']);
    expect(json.data).toEqual({
      taskId: expect.stringMatching(/^task_[0-9A-Z]{26}$/),
      ...body,
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
    expect((await create({ body: whole })).json.data).toMatchObject(whole);
  });

  it('stores one commit under the request, by the key, before it answers', async () => {
    const { taskId } = await created();
    expect((await ports.log.load(taskId)).commits).toEqual([
      expect.objectContaining({
        commitId: REQUEST_ID,
        version: 1,
        events: [{ type: 'TaskCreated', data: { ...body, requirements: [], priority: 5, metadata: {} } }],
        metadata: expect.objectContaining({ causationId: REQUEST_ID, userId: 'key_1' }),
      }),
    ]);
  });

  it('makes another task of each call', async () => {
    expect((await created()).taskId).not.toBe((await created()).taskId);
  });

  it.each([
    [{}, ['description', 'type']],
    [{ ...body, type: 'with space' }, ['type']],
    [{ ...body, type: 'x'.repeat(65) }, ['type']],
    [{ ...body, description: '' }, ['description']],
    [{ ...body, description: 'x'.repeat(10_001) }, ['description']],
    [{ ...body, priority: 10 }, ['priority']],
    [{ ...body, priority: -1 }, ['priority']],
    [{ ...body, priority: 1.5 }, ['priority']],
    [{ ...body, priority: '5' }, ['priority']],
    [{ ...body, requirements: {} }, ['requirements']],
    [{ ...body, requirements: [{ type: 'a' }] }, ['requirements.0.value']],
    [{ ...body, requirements: [{ type: '', value: '' }] }, ['requirements.0.type', 'requirements.0.value']],
    [{ ...body, requirements: [{ type: 'a', value: 'b', odd: 1 }] }, ['requirements.0.odd']],
    [{ ...body, requirements: Array(51).fill({ type: 'a', value: 'b' }) }, ['requirements']],
    [{ ...body, metadata: [] }, ['metadata']],
    [{ ...body, metadata: { '': 1 } }, ['metadata.']],
    [{ ...body, taskId: TASK_ID, status: 'completed' }, ['status', 'taskId']],
    [{ ...body, callbackUrl: 'https://a.example' }, ['callbackUrl']],
    ['{"type":"a","description":"b","metadata":{"a":1e400}}', ['metadata.a']],
  ])('refuses %j', async (wrong, paths) => {
    const { status, json } = await create({ body: wrong });
    expect([status, json.error.details?.map(({ path }) => path).sort()]).toEqual([400, paths]);
  });

  it('needs the scope write', async () => {
    expect((await create({ scopes: 'read,admin,agent' })).status).toBe(403);
  });
});

describe('GET /tasks/{taskId}', () => {
  it('sees the task right after it was created, and each change of it', async () => {
    const task = await created();
    expect((await call({ path: `${TASKS}/${task.taskId}` })).json.data).toEqual(task);
    await commandHandler(taskAggregate, ports.log)(taskCommand('AssignTask', { aggregateId: task.taskId }));
    const { data } = (await call({ path: `${TASKS}/${task.taskId}` })).json;
    expect(data).toMatchObject({ status: 'assigned', assignedAgent: 'scaffold', version: 2 });
  });

  it('answers 404 for a task that there is not, 400 for what is no task id', async () => {
    const missing = await call({ path: `${TASKS}/${TASK_ID}` });
    expect([missing.status, missing.json.error.message]).toEqual([404, `There is no task ${TASK_ID}.`]);
    expect((await call({ path: `${TASKS}/task_1` })).json.error.details).toMatchObject([{ path: 'taskId' }]);
  });

  it('needs the scope read', async () => {
    expect((await call({ path: `${TASKS}/${TASK_ID}`, scopes: 'write,admin,agent' })).status).toBe(403);
  });
});

describe('GET /tasks/{taskId}/events', () => {
  it('gives the whole history, oldest first', async () => {
    await completed(samplePayload.CompleteTask.result);
    const { items } = (await call({ path: `${TASKS}/${TASK_ID}/events` })).json.data as { items: StoredEvent[] };
    expect(items.map(({ eventType, data }) => [eventType, data.version])).toEqual([
      ['domain.TaskCreated', 1],
      ['domain.TaskAssigned', 2],
      ['domain.TaskCompleted', 3],
    ]);
    expect(items.filter((item) => !StoredEvent.strict().safeParse(item).success)).toEqual([]);
  });

  it('answers 404 for a task that there is not', async () => {
    expect((await call({ path: `${TASKS}/${TASK_ID}/events` })).status).toBe(404);
  });
});

describe('GET /tasks', () => {
  const put = (index: number, fields: Partial<Task> = {}) =>
    ports.tasks.put({ row: { ...listed(index), ...fields }, version: 1 }, 0);
  const listed = (index: number): Task => ({
    taskId: `task_${index}`,
    ...samplePayload.CreateTask,
    status: 'pending',
    assignedAgent: null,
    result: null,
    error: null,
    correlationId: 'corr_1',
    version: 1,
    createdAt: `2026-08-19T10:11:1${index}.000Z`,
    updatedAt: '2026-08-19T10:11:19.000Z',
  });
  const idsOf = async (query: Record<string, string>) => {
    const { data } = (await call({ path: TASKS, query })).json;
    return (data as { items: Task[] }).items.map(({ taskId }) => taskId);
  };

  it('lists newest first, page by page', async () => {
    for (const index of [1, 3, 2]) await put(index);
    const first = (await call({ path: TASKS, query: { limit: '2' } })).json.data as {
      items: Task[];
      nextCursor: string;
    };
    expect(first.items).toEqual([listed(3), listed(2)]);
    const query = { limit: '2', cursor: first.nextCursor };
    expect((await call({ path: TASKS, query })).json.data).toEqual({ items: [listed(1)], nextCursor: null });
  });

  it('filters by each of its parameters and by all together', async () => {
    await put(1);
    await put(2, { status: 'assigned', assignedAgent: 'scaffold' });
    await put(3, { type: 'simple_task', correlationId: 'corr_3' });
    expect(await idsOf({ status: 'assigned' })).toEqual(['task_2']);
    expect(await idsOf({ type: 'simple_task' })).toEqual(['task_3']);
    expect(await idsOf({ agent: 'scaffold' })).toEqual(['task_2']);
    expect(await idsOf({ correlationId: 'corr_3' })).toEqual(['task_3']);
    const all = { status: 'pending', type: 'code_generation', correlationId: 'corr_1' };
    expect(await idsOf(all)).toEqual(['task_1']);
    expect(await idsOf({ ...all, agent: 'scaffold' })).toEqual([]);
  });

  it.each([
    [{ status: 'done' }, 'status'],
    [{ type: 'a b' }, 'type'],
    [{ agent: '' }, 'agent'],
    [{ owner: 'me' }, 'owner'],
    [{ cursor: 'garbage' }, 'cursor'],
  ])('refuses %j', async (query: Record<string, string>, path) => {
    const { status, json } = await call({ path: TASKS, query });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, [path]]);
  });
});

describe('GET /tasks/{taskId}/files/{path}', () => {
  const MB = 1024 * 1024;
  async function withFile(path: string, content: string, size?: number): Promise<string> {
    const file = await ports.files.put(TASK_ID, { path, content, contentType: 'text/html' });
    await completed({ files: [{ ...file, ...(size === undefined ? {} : { size }) }], summary: '' });
    return `${TASKS}/${TASK_ID}/files/${path}`;
  }

  it('gives the bytes as a download that no browser runs', async () => {
    const content = '<script>Ж</script>\u0000';
    const { status, headers, bytes } = await call({ path: await withFile('src/a.html', content) });
    expect([status, bytes.toString()]).toEqual([200, content]);
    expect(headers).toEqual({
      'content-type': 'text/html',
      'content-disposition': 'attachment',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
      'x-request-id': REQUEST_ID,
      'x-correlation-id': expect.stringMatching(/^corr_/),
    });
  });

  it('gives 4 MB itself', async () => {
    const path = await withFile('big.bin', 'stands for 4 MB', 4 * MB);
    expect((await call({ path })).status).toBe(200);
  });

  it('sends on to an address that needs no key for what is larger than 4 MB', async () => {
    const { status, headers, json } = await call({ path: await withFile('big.bin', '', 4 * MB + 1) });
    const url = `https://files.example/${TASK_ID}/big.bin?signed`;
    expect([status, headers.location, json.data]).toEqual([303, url, { url }]);
  });

  it.each(['other.html', 'src', 'src/A.html', '%73rc/b'])(
    'answers 404 for a file that the result does not name: %s',
    async (path) => {
      await withFile('src/a.html', 'x');
      const { status, json } = await call({ path: `${TASKS}/${TASK_ID}/files/${path}` });
      expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it('answers 404 while there is no result, and for a task that there is not', async () => {
    const { taskId } = await created();
    for (const id of [taskId, TASK_ID]) expect((await call({ path: `${TASKS}/${id}/files/a` })).status).toBe(404);
  });

  it.each(['../x', 'a/%2e%2e/b', '', '%2Fetc'])('refuses the path "%s"', async (path) => {
    const { status, json } = await call({ path: `${TASKS}/${TASK_ID}/files/${path}` });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, ['path']]);
  });
});
