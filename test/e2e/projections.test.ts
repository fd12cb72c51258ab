import { describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { ProjectionView } from '../../functions/contracts/api/projection.ts';
import type { QueryResult } from '../../functions/contracts/api/query.ts';
import type { Task } from '../../functions/contracts/api/task.ts';
import { PROJECTION_NAMES } from '../../functions/contracts/projections.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal, ISO_TIME } from '../support/cloud/api-client.ts';
import { cloud, newKey } from '../support/cloud/cloud.ts';
import { query, untilProjection } from '../support/cloud/projection-flow.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { ownType, Worker } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const order = (name: string, what: string) => api.call(`/projections/${name}/${what}`, { method: 'POST' });

interface TaskCounts {
  items: { type: string; status: string; count: number }[];
  byStatus: Record<string, number>;
  byType: Record<string, number>;
  total: number;
}

async function counted(type: string, isWanted: (counts: TaskCounts) => boolean): Promise<TaskCounts | undefined> {
  const look = async () => {
    const counts = await query<TaskCounts>(api, 'task-counts', { type });
    return isWanted(counts) ? counts : undefined;
  };
  return waitFor(look, { everyMs: 250, limitMs: 60_000 });
}

interface AgentItem {
  agentId: string;
  activeTasks: number;
  completedTasks: number;
}

async function agentNow(agentId: string): Promise<AgentItem | undefined> {
  const { items } = await query<Page<AgentItem>>(api, 'agents', { limit: 100 });
  return items.find((agent) => agent.agentId === agentId);
}

describe('a query', () => {
  it('of tasks pages through what its parameters name', async () => {
    const correlationId = newCorrelationId();
    const ids: string[] = [];
    for (let task = 0; task < 3; task += 1) {
      const body = { type: 'simple_task', description: 'For a query' };
      ids.unshift((await newTask(api, body, correlationId)).taskId);
    }
    await Promise.all(ids.map((taskId) => endedTask(api, taskId)));
    const page = (parameters: object) => query<Page<Task>>(api, 'tasks', { correlationId, ...parameters });
    const seen = await waitFor(async () => ((await page({ status: 'completed' })).items.length === 3 ? 3 : undefined), {
      everyMs: 250,
      limitMs: 20_000,
    });
    expect(seen).toBe(3);
    const first = await page({ limit: 2 });
    const second = await page({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ taskId }) => taskId)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
  });

  it('of task-counts counts by type and status', async () => {
    const type = ownType('counted');
    const worker = await Worker.register([type], { maxConcurrency: 2 });
    for (let task = 0; task < 3; task += 1)
      await newTask(api, { type, description: 'To be counted' }, newCorrelationId());
    const lease = await worker.claim();
    const counts = await counted(type, ({ byStatus }) => byStatus.pending === 2 && byStatus.assigned === 1);
    expect(counts).toMatchObject({ byType: { [type]: 3 }, total: 3 });
    expect(counts?.items).toContainEqual({ type, status: 'pending', count: 2 });
    await worker.complete(lease, []);
    expect(await counted(type, ({ byStatus }) => byStatus.completed === 1)).toMatchObject({ total: 3 });
    const one = await query<TaskCounts>(api, 'task-counts', { type, status: 'completed' });
    expect(one).toEqual({
      items: [{ type, status: 'completed', count: 1 }],
      byType: { [type]: 1 },
      byStatus: { completed: 1 },
      total: 1,
    });
    const agent = await waitFor(
      async () => {
        const now = await agentNow(worker.agent.agentId);
        return now?.completedTasks === 1 ? now : undefined;
      },
      // Another test may have this projection paused meanwhile.
      { everyMs: 250, limitMs: 90_000 },
    );
    expect(agent).toMatchObject({ activeTasks: 0, completedTasks: 1, failedTasks: 0, capabilities: [type] });
  });

  it('tells what was asked, when, and that it was read for it', async () => {
    const result = dataOf<QueryResult>(await api.post('/queries', { type: 'sagas' }));
    expect(result).toEqual({
      data: { items: expect.any(Array), nextCursor: expect.toSatisfy((one) => one === null || one !== '') },
      metadata: { queryType: 'sagas', timestamp: expect.stringMatching(ISO_TIME), fromCache: false },
    });
  });

  it.each(['plans', 'toString', '__proto__'])('of the unknown read model %s is 404, and names it', async (type) => {
    const reply = await api.post('/queries', { type });
    expect(expectRefusal(reply, 404, 'READ_MODEL_NOT_FOUND', { queryType: type })).toContain(type);
  });

  it('whose parameters do not fit is 400, with the path of each', async () => {
    const parameters = { limit: 0, colour: 'red', status: 'lost' };
    const paths = ['parameters.limit', 'parameters.status', 'parameters.colour'];
    expectFaults(await api.post('/queries', { type: 'tasks', parameters }), paths);
    expectFaults(await api.post('/queries', { type: 'tasks', parameters: { cursor: 'made-up' } }), ['cursor']);
    expectFaults(await api.post('/queries', { type: 'tasks', parameters: [] }), ['parameters']);
    expectFaults(await api.post('/queries', {}), ['type']);
  });

  it('needs the scope read', async () => {
    const reply = await new ApiClient(await newKey('write', 'admin', 'agent')).post('/queries', { type: 'tasks' });
    expectRefusal(reply, 403, 'FORBIDDEN');
  });
});

describe('projections', () => {
  it('are listed with how each of them stands', async () => {
    const { items } = await api.data<{ items: ProjectionView[] }>('/projections');
    expect(items.map(({ name }) => name)).toEqual(PROJECTION_NAMES);
    for (const item of items) {
      expect(item).toMatchObject({ lag: expect.any(Number), failedEvents: expect.any(Number) });
      expect(item.checkpoint).toHaveProperty('position');
    }
  });

  it('keep what comes in a pause for the resume', async () => {
    expect((await order('task-counts', 'pause')).status).toBe(202);
    expect((await order('task-counts', 'pause')).status).toBe(202);
    const paused = await untilProjection(api, 'task-counts', ({ status }) => status === 'paused');
    expect(paused).toMatchObject({ pausedBecause: 'operator' });
    const type = ownType('paused');
    await newTask(api, { type, description: 'To be counted later' }, newCorrelationId());
    // Long enough for the event to have come, and to count as something that is missing.
    await untilProjection(api, 'task-counts', ({ lag }) => lag > 6000);
    expect(await query(api, 'task-counts', { type })).toMatchObject({ items: [], total: 0 });

    expect((await order('task-counts', 'resume')).status).toBe(202);
    expect(await counted(type, ({ total }) => total === 1)).toMatchObject({ byStatus: { pending: 1 } });
    await untilProjection(api, 'task-counts', ({ status, lag }) => status === 'running' && lag === 0);
  });

  it('are rebuilt once at a time, and then count what they counted before', async () => {
    const type = ownType('rebuilt');
    for (let task = 0; task < 2; task += 1)
      await newTask(api, { type, description: 'To be counted again' }, newCorrelationId());
    const before = await counted(type, ({ total }) => total === 2);
    const replies = await Promise.all([order('task-counts', 'rebuild'), order('task-counts', 'rebuild')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409]);
    const begun = replies.find(({ status }) => status === 202);
    const { rebuild } = dataOf<ProjectionView>(begun as NonNullable<typeof begun>);
    expect(rebuild).toMatchObject({ progress: expect.any(Number), startedAt: expect.stringMatching(ISO_TIME) });
    const { lastRebuild } = await untilProjection(api, 'task-counts', ({ status }) => status === 'running');
    expect(lastRebuild).toMatchObject({ generation: rebuild?.generation, outcome: 'switched', rows: { older: 0 } });
    expect(await query(api, 'task-counts', { type })).toEqual(before);
  });

  it('that there are not are 404, whatever is wanted of them', async () => {
    for (const what of ['rebuild', 'pause', 'resume', 'failed-events/retry'])
      expectRefusal(await order('plans', what), 404, 'NOT_FOUND');
    expectRefusal(await api.call('/projections/plans/failed-events'), 404, 'NOT_FOUND');
    expectRefusal(await api.call('/projections/toString/failed-events'), 404, 'NOT_FOUND');
  });

  it('are managed with the scope admin, and read with read', async () => {
    const reader = new ApiClient(await newKey('read'));
    expect((await reader.call('/projections')).status).toBe(200);
    expect((await reader.call('/projections/tasks/failed-events')).status).toBe(200);
    for (const what of ['rebuild', 'pause', 'resume', 'failed-events/retry'])
      expectRefusal(await reader.call(`/projections/tasks/${what}`, { method: 'POST' }), 403, 'FORBIDDEN');
  });
});
