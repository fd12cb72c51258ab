import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Task } from '../../../functions/contracts/api/task.ts';
import { TASK_BODY, TASKS, taskApi } from '../../support/api/task-api.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const URL = 'https://receiver.example/hook?token=hush';
const BODY = { ...TASK_BODY, callbackUrl: URL };

const logs = captureLogLines();

let api: ReturnType<typeof taskApi>;
beforeEach(() => {
  api = taskApi();
});

const streamOf = async (taskId: string) => (await api.deliveries.load(taskId))?.stream;

describe('POST /tasks with a callback address', () => {
  it('opens a stream of the caller, and does not show the address', async () => {
    const { status, json } = await api.create({ body: BODY, headers: { 'x-correlation-id': 'mine' } });
    const task = json.data as Task;
    expect([status, Task.strict().safeParse(task).error]).toEqual([201, undefined]);
    expect(JSON.stringify(json)).not.toContain('receiver.example');
    expect(await streamOf(task.taskId)).toEqual({
      stream: task.taskId,
      url: URL,
      owner: 'key_1',
      correlationId: 'mine',
    });
  });

  it('puts the address into no event', async () => {
    const { taskId } = (await api.create({ body: BODY })).json.data as Task;
    const { commits } = await api.log.load(taskId);
    expect(commits).toHaveLength(1);
    expect(JSON.stringify(commits)).not.toContain('receiver.example');
  });

  it('takes 2048 characters', async () => {
    const callbackUrl = `https://a.example/${'a'.repeat(2030)}`;
    expect(callbackUrl).toHaveLength(2048);
    expect((await api.create({ body: { ...BODY, callbackUrl } })).status).toBe(201);
  });

  it('opens none where there is no address', async () => {
    const { taskId } = await api.created();
    expect(await streamOf(taskId)).toBeUndefined();
  });

  it('is refused before anything is written where the address may not be called', async () => {
    const append = vi.spyOn(api.log, 'append');
    api.wrong.set(URL, 'must not lead to a private address');
    const { status, json } = await api.create({ body: BODY });
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error.details).toEqual([{ path: 'callbackUrl', message: 'must not lead to a private address' }]);
    expect(append).not.toHaveBeenCalled();
    expect(api.deliveries.streams.size).toBe(0);
  });

  it('leaves nothing behind while agents are unavailable, and asks for no address', async () => {
    const looked = vi.spyOn(api.wrong, 'get');
    api.refused.add('agent-service');
    expect((await api.create({ body: BODY })).status).toBe(503);
    expect([looked.mock.calls.length, api.deliveries.streams.size]).toEqual([0, 0]);
  });

  it('has neither task nor stream where it was cut off, and both when it comes again', async () => {
    vi.spyOn(api.log, 'append').mockRejectedValueOnce(new Error('The process was cut off.'));
    const headers = { 'idempotency-key': 'mine' };
    expect((await api.create({ body: BODY, headers })).status).toBe(500);
    expect(logs.text()).toContain('The process was cut off.');
    expect(logs.text()).not.toContain('receiver.example');
    const again = await api.create({ body: BODY, headers });
    expect(again.status).toBe(201);
    expect([...api.deliveries.streams.keys()]).toEqual([(again.json.data as Task).taskId]);
  });
});

describe('POST /tasks/{taskId}/retry', () => {
  const retry = (headers: Record<string, string> = {}) =>
    api.call({ method: 'POST', path: `${TASKS}/${TASK_ID}/retry`, body: {}, headers });
  const openStream = (owner: string) =>
    api.deliveries.commit(api.deliveries.open({ stream: TASK_ID, url: URL, owner, correlationId: 'corr_1' }));

  it('tells the same address of the new task, signed by the same key', async () => {
    await api.commands('CreateTask', 'FailTask');
    openStream('key_9');
    const { json } = await retry({ 'x-correlation-id': 'mine' });
    const { taskId } = json.data as Task;
    expect(taskId).not.toBe(TASK_ID);
    expect(await streamOf(taskId)).toEqual({ stream: taskId, url: URL, owner: 'key_9', correlationId: 'mine' });
    expect(await streamOf(TASK_ID)).toMatchObject({ stream: TASK_ID, correlationId: 'corr_1' });
  });

  it('leaves nothing behind while agents are unavailable', async () => {
    await api.commands('CreateTask', 'FailTask');
    openStream('key_1');
    const append = vi.spyOn(api.log, 'append');
    api.refused.add('agent-service');
    expect((await retry()).status).toBe(503);
    expect([append.mock.calls.length, [...api.deliveries.streams.keys()]]).toEqual([0, [TASK_ID]]);
  });

  it('tells nobody where the first was told to nobody', async () => {
    await api.commands('CreateTask', 'FailTask');
    expect((await retry()).status).toBe(201);
    expect(api.deliveries.streams.size).toBe(0);
  });
});
