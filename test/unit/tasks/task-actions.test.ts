import { beforeEach, describe, expect, it } from 'vitest';
import { Task } from '../../../functions/contracts/api/task.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { REQUEST_ID } from '../../support/api/api-calls.ts';
import { TASKS, taskApi } from '../../support/api/task-api.ts';
import { eventsOf } from '../../support/sagas/saga-world.ts';
import { samplePayload, TASK_ID, taskCommand } from '../../support/tasks/task-samples.ts';

let api: ReturnType<typeof taskApi>;
beforeEach(() => {
  api = taskApi();
});

const post = (taskId: string, action: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  api.call({ method: 'POST', path: `${TASKS}/${taskId}/${action}`, body, headers });
const sagaOf = (taskId: string) => eventsOf({ log: api.log }, sagaIdOf(taskId));

const ENDS = {
  completed: ['CreateTask', 'AssignTask', 'CompleteTask'],
  failed: ['CreateTask', 'FailTask'],
  cancelled: ['CreateTask', 'CancelTask'],
} as const;

describe('POST /tasks/{taskId}/cancel', () => {
  const cancel = (taskId = TASK_ID, body?: unknown) => post(taskId, 'cancel', body);

  /** By another request. */
  const cancelledBefore = async (reason: string) => {
    const task = (await api.call({ path: `${TASKS}/${TASK_ID}` })).json.data as Task;
    await api.cancel(task, { id: 'another', reason, metadata: { userId: 'key_1', now: new Date().toISOString() } });
  };

  it('tells the saga, and answers the task as it still is', async () => {
    const task = await api.created();
    const { status, json } = await cancel(task.taskId, { reason: 'It rains.' });
    expect([status, json.data]).toEqual([202, task]);
    expect((await sagaOf(task.taskId)).at(-1)).toEqual({ type: 'SagaCancelRequested', data: { reason: 'It rains.' } });
  });

  it('says who wanted it, as part of the story of the task', async () => {
    const { taskId, correlationId } = await api.created();
    await cancel(taskId);
    const { commits } = await api.log.load(sagaIdOf(taskId));
    expect(commits.at(-1)).toMatchObject({
      commitId: REQUEST_ID,
      metadata: { correlationId, causationId: REQUEST_ID, userId: 'key_1' },
    });
  });

  it('needs no reason', async () => {
    await api.commands('CreateTask', 'AssignTask');
    expect((await cancel()).status).toBe(202);
    expect((await sagaOf(TASK_ID)).at(-1)?.data).toEqual({ reason: 'The task was cancelled.' });
  });

  it('may be asked for again: the first reason counts', async () => {
    await api.commands('CreateTask');
    await cancelledBefore('first');
    expect((await cancel(TASK_ID, { reason: 'second' })).status).toBe(202);
    expect((await sagaOf(TASK_ID)).slice(1)).toEqual([{ type: 'SagaCancelRequested', data: { reason: 'first' } }]);
  });

  it.each(Object.entries(ENDS))('answers 409 for a task that is %s', async (status, commands) => {
    await api.commands(...commands);
    const answer = await cancel();
    expect([answer.status, answer.json.error.message]).toEqual([409, `${TASK_ID} has ended already: ${status}.`]);
    expect(await sagaOf(TASK_ID)).toEqual([]);
  });

  it('answers 409 where the saga has ended and the task is about to hear of it', async () => {
    await api.commands('CreateTask');
    await cancelledBefore('It rains.');
    await sagaLog(api.log).record(sagaIdOf(TASK_ID), 'EndSaga', { cause: 'CANCELLED' });
    expect((await cancel()).status).toBe(409);
  });

  it('answers 404 for a task that there is not, 400 for what it does not take', async () => {
    expect((await cancel()).status).toBe(404);
    for (const body of [{ reason: '' }, { reason: 'x'.repeat(1001) }, { why: 'x' }]) {
      expect((await cancel(TASK_ID, body)).status).toBe(400);
    }
  });
});

describe('POST /tasks/{taskId}/retry', () => {
  const retry = (headers: Record<string, string> = {}) => post(TASK_ID, 'retry', {}, headers);

  it.each(['failed', 'cancelled'] as const)('submits a task that is %s again, as another one', async (end) => {
    await api.commands(...ENDS[end]);
    const { status, json } = await retry({ 'x-correlation-id': 'mine' });
    const again = json.data as Task;
    expect(status).toBe(201);
    expect(again).toMatchObject({
      ...samplePayload.CreateTask,
      status: 'pending',
      retryOf: TASK_ID,
      error: null,
      assignedAgent: null,
      correlationId: 'mine',
      version: 1,
    });
    expect(again.taskId).not.toBe(TASK_ID);
    expect(Task.strict().safeParse(again).error).toBeUndefined();
    expect((await api.call({ path: `${TASKS}/${again.taskId}` })).json.data).toEqual(again);
  });

  it('leaves the first one as it was', async () => {
    await api.commands(...ENDS.failed);
    const before = await api.log.load(TASK_ID);
    await retry();
    expect(await api.log.load(TASK_ID)).toEqual(before);
  });

  it('makes one task under a key', async () => {
    await api.commands(...ENDS.failed);
    const headers = { 'idempotency-key': 'mine' };
    expect((await retry(headers)).json.data).toEqual((await retry(headers)).json.data);
  });

  it.each([
    ['pending', ['CreateTask']],
    ['assigned', ['CreateTask', 'AssignTask']],
    ['completed', ENDS.completed],
  ] as const)('answers 409 for a task that is %s', async (status, commands) => {
    await api.commands(...commands);
    const { status: answered, json } = await retry();
    expect([answered, json.error.message]).toEqual([
      409,
      `${TASK_ID} is ${status}; only a failed or cancelled task is tried again.`,
    ]);
  });

  it('answers 404 for a task that there is not, and needs the scope write', async () => {
    expect((await retry()).status).toBe(404);
    for (const action of ['retry', 'cancel']) {
      const call = api.call({ method: 'POST', path: `${TASKS}/${TASK_ID}/${action}`, body: {}, scopes: 'read,agent' });
      expect((await call).status).toBe(403);
    }
  });
});

describe('GET /tasks/{taskId}/log', () => {
  const log = (query: Record<string, string> = {}) => api.call({ path: `${TASKS}/${TASK_ID}/log`, query });
  const lines = [1, 2, 3].map((at) => ({ timestamp: `2026-08-19T10:11:1${at}.000Z`, line: `line ${at}` }));

  it('gives what the agent sent, oldest first, page by page', async () => {
    await api.commands('CreateTask');
    api.logLines.set(TASK_ID, lines);
    const first = (await log({ limit: '2' })).json.data as { items: object[]; nextCursor: string };
    expect(first.items).toEqual(lines.slice(0, 2));
    const { data } = (await log({ limit: '2', cursor: first.nextCursor })).json;
    expect(data).toEqual({ items: lines.slice(2), nextCursor: null });
  });

  it('is empty where no agent has said anything, and 404 for a task that there is not', async () => {
    expect((await log()).status).toBe(404);
    await api.commands(taskCommand('CreateTask'));
    expect((await log()).json.data).toEqual({ items: [], nextCursor: null });
  });
});
