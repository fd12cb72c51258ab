import { describe, expect, it } from 'vitest';
import type { Agent } from '../../functions/contracts/api/agent.ts';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { StoredEvent } from '../../functions/contracts/event.ts';
import type { TaskLogLine } from '../../functions/shared/platform/task-log.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal, ISO_TIME } from '../support/cloud/api-client.ts';
import { cloud, newKey, untilWaiting } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask, untilTask } from '../support/cloud/task-flow.ts';
import { ownType, sha256, Worker } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const submit = (type: string, more = {}) =>
  newTask(api, { type, description: 'By somebody outside', ...more }, newCorrelationId());

const typesOf = async (taskId: string) => (await historyOf(api, taskId)).map(({ data }) => data.eventType);

describe.concurrent('an agent of somebody outside', () => {
  it('is in the log with its registration', async () => {
    const { agentId, name, capabilities, maxConcurrency } = (await Worker.register([ownType('log')])).agent;
    const { items } = await api.data<Page<StoredEvent>>(`/events?aggregateId=${agentId}`);
    expect(items.map(({ eventType, data: { version, eventData } }) => [eventType, version, eventData])).toEqual([
      ['domain.AgentRegistered', 1, { name, capabilities, maxConcurrency }],
    ]);
  });

  it('claims, tells how it goes, uploads small and large files, and completes', async () => {
    const type = ownType('paint');
    const worker = await Worker.register([type]);
    const task = await submit(type);
    const lease = await worker.claim();
    expect(lease).toMatchObject({
      leaseId: expect.stringMatching(/^lease_/),
      expiresAt: expect.stringMatching(ISO_TIME),
      task: { taskId: task.taskId, type, description: 'By somebody outside' },
    });
    await untilTask(api, task.taskId, ({ status, assignedAgent }) => {
      return status === 'assigned' && assignedAgent === worker.agent.agentId;
    });

    const beat = dataOf<{ expiresAt: string; cancelled: boolean }>(
      await worker.heartbeat(lease, { progress: 40, log: ['Mixed the paint', 'Painted the door'] }),
    );
    expect(beat).toStrictEqual({ expiresAt: expect.stringMatching(ISO_TIME), cancelled: false });
    expect(beat.expiresAt > lease.expiresAt).toBe(true);

    const small = 'door: blue\n';
    expect(dataOf(await worker.upload(lease, 'colours/door ä.txt', small))).toStrictEqual({
      path: 'colours/door ä.txt',
      size: small.length,
      sha256: sha256(small),
      contentType: 'text/plain',
    });
    const large = Buffer.alloc(5 * 1024 * 1024, 'house ');
    const sizes = { 'x-file-size': String(large.length), 'x-file-sha256': sha256(large) };
    const ticket = dataOf<{ uploadUrl: string; headers: Record<string, string>; expiresAt: string }>(
      await worker.upload(lease, 'house.bin', '', { ...sizes, 'content-type': 'application/octet-stream' }),
    );
    const other = Buffer.from(large).fill('x', 0, 1);
    const put = (body: Buffer) => fetch(ticket.uploadUrl, { method: 'PUT', headers: ticket.headers, body });
    expect((await put(other)).status, 'other bytes than promised').toBe(400);
    expect((await put(large)).status).toBe(200);

    const files = [
      { path: 'colours/door ä.txt', sha256: sha256(small) },
      { path: 'house.bin', sha256: sha256(large) },
    ];
    expect((await worker.complete(lease, files)).status).toBe(200);
    const ended = await endedTask(api, task.taskId);
    expect(ended).toMatchObject({
      status: 'completed',
      assignedAgent: worker.agent.agentId,
      result: { summary: 'Done by hand.', files: [{ size: small.length }, { size: large.length }] },
    });
    expect(await typesOf(task.taskId)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskCompleted']);
    const door = await api.bytes(`/tasks/${task.taskId}/files/colours/${encodeURIComponent('door ä.txt')}`);
    expect(door.bytes.toString()).toBe(small);
    const { items } = await api.data<Page<TaskLogLine>>(`/tasks/${task.taskId}/log`);
    expect(items.map(({ line }) => line)).toEqual(['Mixed the paint', 'Painted the door']);
    expect(items.at(-1)?.progress).toBe(40);

    expectRefusal(await worker.complete(lease, files), 409, 'CONFLICT');
    expectRefusal(await worker.heartbeat(lease), 409, 'CONFLICT');
    expectRefusal(await worker.upload(lease, 'late.txt', 'x'), 409, 'CONFLICT');
  });

  it('hears what is wrong with its result, and its lease goes on', async () => {
    const type = ownType('wrong');
    const worker = await Worker.register([type]);
    const task = await submit(type);
    const lease = await worker.claim();
    await worker.upload(lease, 'a.txt', 'a');
    const wrong = [
      { path: 'a.txt', sha256: sha256('b') },
      { path: 'missing.txt', sha256: sha256('m') },
    ];
    expectFaults(await worker.complete(lease, wrong), ['files.0.sha256', 'files.1.path']);
    expectFaults(await worker.complete(lease, [{ path: '../up.txt', sha256: sha256('a') }]), ['files.0.path']);
    for (const path of ['..%2Fup.txt', 'a%5Cb.txt', 'a//b.txt', 'nul%00.txt']) {
      const reply = await worker.upload(lease, path, 'x');
      expect(reply.status, path).toBe(400);
    }
    expect(dataOf(await worker.heartbeat(lease))).toMatchObject({ cancelled: false });
    expect((await worker.complete(lease, [{ path: 'a.txt', sha256: sha256('a') }])).status).toBe(200);
    expect(await endedTask(api, task.taskId)).toMatchObject({ status: 'completed' });
  });

  it('fails a task with its own words, and what it uploaded does not become a file of the task', async () => {
    const type = ownType('fail');
    const worker = await Worker.register([type]);
    const task = await submit(type);
    const lease = await worker.claim();
    await worker.upload(lease, 'half.txt', 'half');
    expect((await worker.fail(lease, { code: 'NO_PAINT', message: 'The paint has run out.' })).status).toBe(200);
    const ended = await endedTask(api, task.taskId);
    expect(ended).toMatchObject({ status: 'failed', result: null, assignedAgent: worker.agent.agentId });
    expect(ended.error).toStrictEqual({ code: 'NO_PAINT', message: 'The paint has run out.' });
    expectRefusal(await api.call(`/tasks/${task.taskId}/files/half.txt`), 404, 'NOT_FOUND');
    expectRefusal(await worker.fail(lease, { code: 'AGAIN', message: 'Twice.' }), 409, 'CONFLICT');
  });

  it('gives a task back for others up to the third try, and then it fails with the reason', async () => {
    const type = ownType('again');
    const worker = await Worker.register([type]);
    const task = await submit(type);
    for (const status of ['returned', 'returned', 'failed']) {
      const lease = await worker.claim();
      const reply = await worker.fail(lease, { code: 'BUSY', message: 'Not now.' }, true);
      expect(dataOf(reply)).toStrictEqual({ taskId: task.taskId, status });
    }
    const ended = await endedTask(api, task.taskId);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'BUSY' } });
    const types = await typesOf(task.taskId);
    expect(types.filter((one) => one === 'TaskReleased')).toHaveLength(2);
    expect(types.filter((one) => one === 'TaskAssigned')).toHaveLength(3);
  });

  it('gets the more urgent task first, then the older, and no more at once than it said', async () => {
    const type = ownType('order');
    const tasks = [];
    for (const priority of [5, 5, 9, 0]) tasks.push(await submit(type, { priority }));
    const [older, newer, urgent, idle] = tasks.map(({ taskId }) => taskId);
    const worker = await Worker.register([type], { maxConcurrency: 3 });
    // All of them wait before the first is taken.
    await untilWaiting(type, tasks.length);
    const first = [];
    for (let claims = 0; claims < 3; claims += 1) first.push(await worker.claim());
    expect(first.map(({ task }) => task.taskId)).toEqual([urgent, older, newer]);
    expect((await worker.askForWork()).status).toBe(204);
    await worker.fail(first[0] as { leaseId: string }, { code: 'DONE', message: 'Enough.' });
    expect((await worker.claim()).task.taskId).toBe(idle);
    const { items } = await api.data<Page<Agent>>('/agents?limit=100');
    expect(items.find(({ agentId }) => agentId === worker.agent.agentId)).toMatchObject({
      status: 'online',
      activeTasks: 3,
      maxConcurrency: 3,
      capabilities: [type],
    });
    expect(items.find(({ agentId }) => agentId === 'scaffold')).toMatchObject({ status: 'online' });
  });

  it('is unknown to every other key, and so are its leases', async () => {
    const type = ownType('mine');
    const [worker, other] = [await Worker.register([type]), await Worker.register([type])];
    await submit(type);
    const lease = await worker.claim();
    const stranger = new ApiClient(await newKey('agent'));
    expectRefusal(await stranger.post(`/agents/${worker.agent.agentId}/claim`, {}), 404, 'NOT_FOUND');
    expectRefusal(await other.heartbeat(lease), 404, 'NOT_FOUND');
    expectRefusal(await other.upload(lease, 'a.txt', 'a'), 404, 'NOT_FOUND');
    expectRefusal(await other.complete(lease, []), 404, 'NOT_FOUND');
    expectRefusal(await other.fail(lease, { code: 'X', message: 'x' }), 404, 'NOT_FOUND');
    expectRefusal(await api.call('/leases/lease_unknown/heartbeat', { method: 'POST' }), 404, 'NOT_FOUND');
    expect(dataOf(await worker.heartbeat(lease))).toMatchObject({ cancelled: false });
  });
});
