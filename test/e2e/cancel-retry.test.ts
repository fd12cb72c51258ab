import { describe, expect, it } from 'vitest';
import type { Task } from '../../functions/contracts/api/task.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, filesOf } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { ownType, sha256, Worker } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const submit = (type: string) =>
  newTask(api, { type, description: 'To be cancelled', priority: 7 }, newCorrelationId());
const cancel = (taskId: string, body: object = {}) => api.post(`/tasks/${taskId}/cancel`, body);
const typesOf = async (taskId: string) => (await historyOf(api, taskId)).map(({ data }) => data.eventType);

describe.concurrent('a task is cancelled', () => {
  it('the moment that it was created', async () => {
    const { taskId } = await submit(ownType('early'));
    const reply = await cancel(taskId, { reason: 'A mistake' });
    expect(reply.status).toBe(202);
    const ended = await endedTask(api, taskId);
    expect(ended).toMatchObject({ status: 'cancelled', assignedAgent: null, result: null });
    expect(ended.error).toStrictEqual({ code: 'CANCELLED', message: 'A mistake' });
    expect(await typesOf(taskId)).toEqual(['TaskCreated', 'TaskCancelled']);
    expectRefusal(await cancel(taskId), 409, 'CONFLICT');
  });

  it('while its agent works, who hears of it by the next heartbeat and is free for others', async () => {
    const type = ownType('work');
    const worker = await Worker.register([type]);
    const { taskId } = await submit(type);
    const lease = await worker.claim();
    await worker.upload(lease, 'half.txt', 'half');
    expect((await api.call(`/tasks/${taskId}/cancel`, { method: 'POST' })).status, 'without a body').toBe(202);
    expect(await endedTask(api, taskId)).toMatchObject({
      status: 'cancelled',
      assignedAgent: worker.agent.agentId,
      error: { code: 'CANCELLED' },
    });
    expect(await filesOf(taskId), 'its files are gone').toEqual([]);
    expect(dataOf(await worker.heartbeat(lease))).toMatchObject({ cancelled: true });
    expectRefusal(await worker.complete(lease, [{ path: 'half.txt', sha256: sha256('half') }]), 409, 'CONFLICT');
    expect(await typesOf(taskId)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskCancelled']);
    const next = await submit(type);
    expect((await worker.claim()).task.taskId).toBe(next.taskId);
  });

  it('never after its end, and never an unknown one', async () => {
    const { taskId } = await newTask(api, { type: 'simple_task', description: 'Quick' }, newCorrelationId());
    await endedTask(api, taskId);
    expectRefusal(await cancel(taskId), 409, 'CONFLICT');
    expect((await api.data<Task>(`/tasks/${taskId}`)).status).toBe('completed');
    expectRefusal(await cancel('task_01J00000000000000000000000'), 404, 'NOT_FOUND');
    expectFaults(await cancel(taskId, { reason: '', because: 'x' }), ['reason', 'because']);
  });
});

describe.concurrent('a task is tried again', () => {
  it('as a new one that names the first, where that was cancelled', async () => {
    const first = await submit(ownType('again'));
    expectRefusal(await api.post(`/tasks/${first.taskId}/retry`, {}), 409, 'CONFLICT');
    await cancel(first.taskId);
    await endedTask(api, first.taskId);
    const key = { 'idempotency-key': `retry-${first.taskId}` };
    const again = dataOf<Task>(await api.create(`/tasks/${first.taskId}/retry`, {}, key));
    const { type, description, requirements, priority, metadata } = first;
    expect(again).toMatchObject({ type, description, requirements, priority, metadata, status: 'pending' });
    expect(again.retryOf).toBe(first.taskId);
    expect(again.taskId).not.toBe(first.taskId);
    expect(await api.data(`/tasks/${again.taskId}`)).toMatchObject({ retryOf: first.taskId });
    expect(dataOf<Task>(await api.create(`/tasks/${first.taskId}/retry`, {}, key))).toStrictEqual(again);
    await cancel(again.taskId);
  });

  it('but not where it went well, or where there is none', async () => {
    const { taskId } = await newTask(api, { type: 'simple_task', description: 'Well' }, newCorrelationId());
    await endedTask(api, taskId);
    expectRefusal(await api.post(`/tasks/${taskId}/retry`, {}), 409, 'CONFLICT');
    expectRefusal(await api.post('/tasks/task_01J00000000000000000000000/retry', {}), 404, 'NOT_FOUND');
  });
});
