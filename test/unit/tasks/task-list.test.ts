import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import { TASKS, taskApi } from '../../support/api/task-api.ts';
import { samplePayload } from '../../support/tasks/task-samples.ts';

let api: ReturnType<typeof taskApi>;
beforeEach(() => {
  api = taskApi();
});

describe('GET /tasks', () => {
  const put = (index: number, fields: Partial<Task> = {}) =>
    api.tasks.put({ row: { ...listed(index), ...fields }, version: 1 }, 0);
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
    const { data } = (await api.call({ path: TASKS, query })).json;
    return (data as { items: Task[] }).items.map(({ taskId }) => taskId);
  };

  it('lists newest first, page by page', async () => {
    for (const index of [1, 3, 2]) await put(index);
    const first = (await api.call({ path: TASKS, query: { limit: '2' } })).json.data as {
      items: Task[];
      nextCursor: string;
    };
    expect(first.items).toEqual([listed(3), listed(2)]);
    const query = { limit: '2', cursor: first.nextCursor };
    expect((await api.call({ path: TASKS, query })).json.data).toEqual({ items: [listed(1)], nextCursor: null });
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
    const { status, json } = await api.call({ path: TASKS, query });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, [path]]);
  });
});
