import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../functions/contracts/api/agent.ts';
import type { Task } from '../../functions/contracts/api/task.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, commitsOf, newKey } from '../support/cloud/cloud.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import { ownType } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const withKey = (key: string) => ({ 'idempotency-key': key });
const body = () => ({ type: ownType('once'), description: 'Only once' });

describe.concurrent('a creation under an Idempotency-Key', () => {
  it('gives the first answer again, whether the key is quoted or not, and creates once', async () => {
    const [key, task, correlationId] = [randomUUID(), body(), newCorrelationId()];
    const headers = { 'x-correlation-id': correlationId };
    const first = await api.create('/tasks', task, { ...headers, ...withKey(key) });
    const again = await api.create('/tasks', task, { ...headers, ...withKey(`"${key}"`) });
    expect(dataOf<Task>(again)).toStrictEqual(dataOf<Task>(first));
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    const { items } = await api.data<{ items: Task[] }>(`/tasks?type=${task.type}`);
    expect(items.length).toBeLessThanOrEqual(1);
  });

  it('sent ten times at once, creates one task', async () => {
    const [key, task, correlationId] = [randomUUID(), body(), newCorrelationId()];
    const headers = { 'x-correlation-id': correlationId, ...withKey(key) };
    const replies = await Promise.all(Array.from({ length: 10 }, () => api.post('/tasks', task, headers)));
    const created = replies.filter(({ status }) => status === 201).map((reply) => dataOf<Task>(reply).taskId);
    expect(new Set(created).size).toBe(1);
    for (const reply of replies.filter(({ status }) => status !== 201)) expectRefusal(reply, 409, 'CONFLICT');
    expect(dataOf<Task>(await api.create('/tasks', task, headers)).taskId).toBe(created[0]);
    // The task's own first commit, its saga's and its work's: none of them twice.
    expect(await commitsOf(correlationId)).toBeLessThanOrEqual(5);
  });

  it('is refused with another body, and taken from another owner', async () => {
    const [key, task] = [randomUUID(), body()];
    const { taskId } = dataOf<Task>(await api.create('/tasks', task, withKey(key)));
    const other = { ...task, description: 'Another one' };
    expectRefusal(await api.post('/tasks', other, withKey(key)), 422, 'IDEMPOTENCY_MISMATCH');
    const stranger = new ApiClient(await newKey('write'));
    expect(dataOf<Task>(await stranger.create('/tasks', task, withKey(key))).taskId).not.toBe(taskId);
  });

  it('registers an agent once', async () => {
    const [key, agent] = [randomUUID(), { name: 'once', capabilities: [ownType('once')] }];
    const first = dataOf<Agent>(await api.create('/agents', agent, withKey(key)));
    expect(dataOf<Agent>(await api.create('/agents', agent, withKey(key))).agentId).toBe(first.agentId);
  });

  it('is no longer taken where it is malformed, or where nothing is created', async () => {
    expectFaults(await api.post('/tasks', body(), withKey('k'.repeat(256))), ['idempotency-key']);
    const cancel = await api.post('/tasks/task_01J00000000000000000000000/cancel', {}, withKey('k'));
    expectFaults(cancel, ['idempotency-key']);
  });
});
