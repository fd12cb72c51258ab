import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { REQUEST_ID } from '../../support/api/api-calls.ts';
import { CANCEL, CANCELLED, CREATE, CREATED, commandSender } from '../../support/api/command-calls.ts';
import { TASK_BODY, TASKS, taskApi } from '../../support/api/task-api.ts';
import { eventsOf } from '../../support/sagas/saga-world.ts';
import { samplePayload, TASK_ID, taskCommand } from '../../support/tasks/task-samples.ts';

const OTHER_ID = TASK_ID.replace(/0$/, '1');
const URL = 'https://receiver.example/hook';

let api: ReturnType<typeof taskApi>;
let send: ReturnType<typeof commandSender>;
beforeEach(() => {
  api = taskApi();
  send = commandSender(api);
});

const refusal = ({ status, json }: Awaited<ReturnType<typeof send>>) => [status, json.error.code];
const faults = ({ status, json }: Awaited<ReturnType<typeof send>>) => [
  status,
  json.error.details?.map(({ path }) => path).sort(),
];
const taskOf = async (taskId = TASK_ID) => (await api.call({ path: `${TASKS}/${taskId}` })).json.data as Task;
const commitsOf = async (aggregateId: string) => (await api.log.load(aggregateId)).commits;

describe('CreateTask', () => {
  it('makes the task that POST /tasks would make, under the id that it names', async () => {
    const { status, json } = await send(CREATE, { headers: { 'x-correlation-id': 'story' } });
    expect([status, json.data]).toEqual([200, CREATED]);
    const { taskId: _, ...posted } = (await api.create({ headers: { 'x-correlation-id': 'story' } })).json.data as Task;
    const times = { createdAt: expect.any(String), updatedAt: expect.any(String) };
    expect(await taskOf()).toEqual({ ...posted, ...times, taskId: TASK_ID });
  });

  it('is one commit by the key, caused by the request', async () => {
    await send(CREATE, { headers: { 'x-correlation-id': 'story' } });
    const [commit] = await commitsOf(TASK_ID);
    expect(commit?.commitId).toMatch(/^cmd_[0-9A-Z]{26}$/);
    expect(commit?.metadata).toMatchObject({ correlationId: 'story', causationId: REQUEST_ID, userId: 'key_1' });
  });

  it('tells another user and another correlation where they are named, and answers with that one', async () => {
    const metadata = { userId: 'Zoë@example.com', correlationId: 'other.story', expectedVersion: 0 };
    const { headers } = await send({ ...CREATE, metadata }, { headers: { 'x-correlation-id': 'story' } });
    expect(headers['x-correlation-id']).toBe('other.story');
    const [commit] = await commitsOf(TASK_ID);
    expect(commit?.metadata).toMatchObject({ correlationId: 'other.story', userId: 'Zoë@example.com' });
  });

  it('has its callback address told, signed by the key', async () => {
    const metadata = { userId: 'somebody', correlationId: 'story' };
    await send({ ...CREATE, payload: { ...TASK_BODY, callbackUrl: URL }, metadata });
    const stream = { stream: TASK_ID, url: URL, owner: 'key_1', correlationId: 'story' };
    expect(await api.deliveries.load(TASK_ID)).toMatchObject({ stream });
    expect(JSON.stringify(await commitsOf(TASK_ID))).not.toContain('receiver.example');
  });

  it('is refused for a task that is there, whoever made it, and has none of its changes told', async () => {
    const payload = { ...TASK_BODY, callbackUrl: URL };
    await api.commands('CreateTask');
    expect(refusal(await send({ ...CREATE, payload }))).toEqual([409, 'CONFLICT']);
    expect(refusal(await send({ ...CREATE, id: 'other', payload }, { keyId: 'key_2' }))).toEqual([409, 'CONFLICT']);
    expect([(await taskOf()).version, api.deliveries.streams.size]).toEqual([1, 0]);
  });

  it.each([1, 7])('is refused for a task that is not at version %i, and leaves nothing', async (expectedVersion) => {
    const payload = { ...TASK_BODY, callbackUrl: URL };
    const { status, json } = await send({ ...CREATE, payload, metadata: { expectedVersion } });
    const message = `${TASK_ID} is at version 0, not ${expectedVersion}.`;
    expect([status, json.error]).toEqual([409, expect.objectContaining({ code: 'CONFLICT', message })]);
    expect([await commitsOf(TASK_ID), api.deliveries.streams.size]).toEqual([[], 0]);
  });

  it('is refused while agents are unavailable, and may come again', async () => {
    api.refused.add('agent-service');
    const { status, json } = await send(CREATE);
    expect([status, json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(json.error.message).toContain('agent-service');
    api.refused.delete('agent-service');
    expect((await send(CREATE)).json.data).toEqual(CREATED);
  });

  it('is refused with an address that may not be called, and may come mended under the same id', async () => {
    api.wrong.set(URL, 'must not lead to a private address');
    const answer = await send({ ...CREATE, payload: { ...TASK_BODY, callbackUrl: URL } });
    expect(faults(answer)).toEqual([400, ['payload.callbackUrl']]);
    expect(await commitsOf(TASK_ID)).toEqual([]);
    const mended = { ...TASK_BODY, callbackUrl: 'https://other.example' };
    expect((await send({ ...CREATE, payload: mended })).json.data).toEqual(CREATED);
  });
});

describe('CancelTask', () => {
  beforeEach(() => api.commands('CreateTask'));

  it('tells the saga, and answers the version of the task as it stands', async () => {
    await api.commands('AssignTask');
    const { status, json } = await send(CANCEL);
    expect([status, json.data]).toEqual([200, { ...CANCELLED, version: 2 }]);
    const wish = { type: 'SagaCancelRequested', data: { reason: 'It rains.' } };
    expect((await eventsOf(api, sagaIdOf(TASK_ID))).slice(1)).toEqual([wish]);
    expect(await taskOf()).toMatchObject({ status: 'assigned', version: 2 });
  });

  it('needs no reason, and takes the version that the task has', async () => {
    expect((await send({ ...CANCEL, payload: {}, metadata: { expectedVersion: 1 } })).json.data).toEqual(CANCELLED);
    const wish = { type: 'SagaCancelRequested', data: { reason: 'The task was cancelled.' } };
    expect((await eventsOf(api, sagaIdOf(TASK_ID))).at(-1)).toEqual(wish);
  });

  it('is part of the story of the task, unless it names another', async () => {
    await send(CANCEL);
    expect((await commitsOf(sagaIdOf(TASK_ID))).map(({ metadata }) => metadata)).toMatchObject([
      { correlationId: 'corr_1', causationId: `${TASK_ID}-1` },
      { correlationId: 'corr_1', causationId: REQUEST_ID, userId: 'key_1' },
    ]);
    await api.commands(taskCommand('CreateTask', { aggregateId: OTHER_ID }));
    const metadata = { userId: 'somebody', correlationId: 'story' };
    const { headers } = await send({ ...CANCEL, id: 'other', aggregateId: OTHER_ID, metadata });
    expect(headers['x-correlation-id']).toBe('story');
    expect((await commitsOf(sagaIdOf(OTHER_ID))).map((commit) => commit.metadata)).toMatchObject([
      { correlationId: 'corr_1' },
      metadata,
    ]);
  });

  it('causes nothing where another wish was first', async () => {
    await send(CANCEL);
    expect((await send({ ...CANCEL, id: 'later' })).json.data).toEqual({ ...CANCELLED, events: [] });
    expect(await eventsOf(api, sagaIdOf(TASK_ID))).toHaveLength(2);
  });

  it.each([0, 2])('is refused where the task is not at version %i', async (expectedVersion) => {
    const { status, json } = await send({ ...CANCEL, metadata: { expectedVersion } });
    const message = `${TASK_ID} is at version 1, not ${expectedVersion}.`;
    expect([status, json.error]).toEqual([409, expect.objectContaining({ code: 'CONFLICT', message })]);
    expect(await commitsOf(sagaIdOf(TASK_ID))).toEqual([]);
    expect((await send({ ...CANCEL, metadata: { expectedVersion: 1 } })).json.data).toEqual(CANCELLED);
  });

  it.each([
    ['completed', ['AssignTask', 'CompleteTask']],
    ['failed', ['FailTask']],
    ['cancelled', ['CancelTask']],
  ] as const)('is refused for a task that is %s', async (status, commands) => {
    await api.commands(...commands);
    const answer = await send(CANCEL);
    expect(refusal(answer)).toEqual([409, 'CONFLICT']);
    expect(answer.json.error.message).toBe(`${TASK_ID} has ended already: ${status}.`);
    expect(await commitsOf(sagaIdOf(TASK_ID))).toEqual([]);
  });

  it('is refused where the saga has ended and the task is about to hear of it', async () => {
    await send(CANCEL);
    await sagaLog(api.log).record(sagaIdOf(TASK_ID), 'EndSaga', { cause: 'CANCELLED' });
    expect(refusal(await send({ ...CANCEL, id: 'later' }))).toEqual([409, 'CONFLICT']);
  });

  it('is refused for a task that there is not', async () => {
    const { status, json } = await send({ ...CANCEL, aggregateId: OTHER_ID, metadata: { expectedVersion: 1 } });
    expect([status, json.error.code, json.error.message]).toEqual([404, 'NOT_FOUND', `There is no task ${OTHER_ID}.`]);
  });
});

describe('a command', () => {
  it.each([
    ...['AssignTask', 'ReleaseTask', 'CompleteTask', 'FailTask', 'StartSaga', 'CancelSaga', 'EndSaga', 'StartStep'],
    ...['createTask', 'CreateTask ', '', 'constructor', null, undefined, 7],
  ])('of the type %j is unknown', async (type) => {
    const append = vi.spyOn(api.log, 'append');
    await api.commands('CreateTask');
    append.mockClear();
    const payload = samplePayload[type as 'AssignTask'] ?? {};
    const { status, json } = await send({ ...CREATE, type, payload });
    const details = [{ path: 'type', message: 'must be CreateTask or CancelTask' }];
    expect([status, json.error]).toEqual([400, expect.objectContaining({ code: 'VALIDATION_ERROR', details })]);
    expect(append).not.toHaveBeenCalled();
  });

  it.each([
    [{ type: 'CreateTask' }, ['aggregateId', 'id', 'payload']],
    [{ ...CREATE, id: '' }, ['id']],
    [{ ...CREATE, id: 'x'.repeat(256) }, ['id']],
    [{ ...CREATE, id: 'a b' }, ['id']],
    [{ ...CREATE, id: 'ä' }, ['id']],
    [{ ...CREATE, id: 7 }, ['id']],
    [{ ...CREATE, aggregateId: 'task_1' }, ['aggregateId']],
    [{ ...CREATE, aggregateId: sagaIdOf(TASK_ID) }, ['aggregateId']],
    [{ ...CANCEL, aggregateId: 'task_1' }, ['aggregateId']],
    [{ ...CREATE, payload: {} }, ['payload.description', 'payload.type']],
    [{ ...CREATE, payload: { ...TASK_BODY, priority: 10, odd: 1 } }, ['payload.odd', 'payload.priority']],
    [{ ...CREATE, payload: { ...TASK_BODY, requirements: [{ type: 'a' }] } }, ['payload.requirements.0.value']],
    [{ ...CREATE, payload: { ...TASK_BODY, retryOf: TASK_ID } }, ['payload.retryOf']],
    [{ ...CREATE, payload: { ...TASK_BODY, callbackUrl: '' } }, ['payload.callbackUrl']],
    [{ ...CANCEL, payload: { reason: '', why: 1 } }, ['payload.reason', 'payload.why']],
    [{ ...CANCEL, payload: undefined }, ['payload']],
    [{ ...CREATE, metadata: null }, ['metadata']],
    [{ ...CREATE, metadata: { expectedVersion: -1 } }, ['metadata.expectedVersion']],
    [{ ...CREATE, metadata: { expectedVersion: '1' } }, ['metadata.expectedVersion']],
    [{ ...CREATE, metadata: { correlationId: 'a b' } }, ['metadata.correlationId']],
    [{ ...CREATE, metadata: { correlationId: 'x'.repeat(129) } }, ['metadata.correlationId']],
    [{ ...CREATE, metadata: { userId: '' } }, ['metadata.userId']],
    [{ ...CREATE, metadata: { userId: 'a b' } }, ['metadata.userId']],
    [{ ...CREATE, metadata: { userId: 'a\u200b' } }, ['metadata.userId']],
    [{ ...CREATE, metadata: { userId: 'x'.repeat(129) } }, ['metadata.userId']],
    [{ ...CREATE, metadata: { causationId: 'x', now: 'x' } }, ['metadata.causationId', 'metadata.now']],
    [{ ...CREATE, timestamp: 1 }, ['timestamp']],
  ])('%j is refused', async (wrong, paths) => {
    expect(faults(await send(wrong))).toEqual([400, paths]);
  });

  it.each(['!', '~'.repeat(255), '"quoted"', 'a.b/c'])('may have the id %j', async (id) => {
    expect((await send({ ...CREATE, id })).status).toBe(200);
  });

  it('needs the scope write', async () => {
    expect(refusal(await send(CREATE, { scopes: 'read,admin,agent' }))).toEqual([403, 'FORBIDDEN']);
  });

  it('may come under an Idempotency-Key besides', async () => {
    const headers = { 'idempotency-key': 'k' };
    expect((await send(CREATE, { headers })).json.data).toEqual(CREATED);
    expect((await send(CREATE, { headers })).json.data).toEqual(CREATED);
  });
});
