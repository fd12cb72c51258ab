import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../functions/contracts/api/task.ts';
import type { CommandResult } from '../../functions/contracts/commands.ts';
import { sagaIdOf } from '../../functions/contracts/task-ids.ts';
import { newId } from '../../functions/shared/platform/ids.ts';
import { waitFor } from '../../local/process/waiting.ts';
import type { Reply } from '../support/cloud/api-client.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { sharedServers, toldBy } from '../support/cloud/callbacks.ts';
import { cloud, historyOfAggregate, newKey } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId } from '../support/cloud/task-flow.ts';
import { ownType } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const TIMES = 20;

/** A task that nobody takes, under an id of its own. */
const creation = (more: object = {}) => ({
  id: randomUUID(),
  type: 'CreateTask',
  aggregateId: newId('task'),
  payload: { type: ownType('command'), description: 'By a command' },
  ...more,
});
const cancellation = (aggregateId: string, more: object = {}) => ({
  id: randomUUID(),
  type: 'CancelTask',
  aggregateId,
  payload: { reason: 'A mistake' },
  ...more,
});
const send = (command: object, headers?: Record<string, string>) => api.post('/commands', command, headers);
const sendAtOnce = (command: object) => Promise.all(Array.from({ length: TIMES }, () => send(command)));
const typesOf = async (taskId: string) => (await historyOf(api, taskId)).map(({ data }) => data.eventType);
const wishesIn = async (taskId: string) =>
  (await historyOfAggregate(sagaIdOf(taskId))).filter(({ type }) => type === 'SagaCancelRequested');

function resultOf(reply: Reply): CommandResult {
  expect(reply.status).toBe(200);
  return dataOf<CommandResult>(reply);
}

async function created(): Promise<string> {
  return resultOf(await send(creation())).aggregateId;
}

describe.concurrent('a command', () => {
  it('makes a task that is seen at once, by whom and in which story it says', async () => {
    const correlationId = newCorrelationId();
    const metadata = { expectedVersion: 0, userId: 'zoe', correlationId };
    const command = creation({ metadata });
    const reply = await send(command, { 'x-correlation-id': newCorrelationId() });
    expect(reply.headers.get('x-correlation-id')).toBe(correlationId);
    const { aggregateId } = command;
    expect(resultOf(reply)).toStrictEqual({ success: true, aggregateId, version: 1, events: ['TaskCreated'] });
    const task = await api.data<Task>(`/tasks/${aggregateId}`);
    expect(task).toMatchObject({ ...command.payload, status: 'pending', priority: 5, correlationId, version: 1 });
    const [event] = await historyOf(api, aggregateId);
    expect(event?.metadata).toMatchObject({ correlationId, userId: 'zoe' });
  });

  it('has a task done like any other, and its callback address told', async () => {
    const hook = await servers.receiver();
    const payload = { type: 'simple_task', description: 'By a command', callbackUrl: hook.url };
    const { aggregateId } = resultOf(await send(creation({ payload })));
    expect(await endedTask(api, aggregateId)).toMatchObject({ status: 'completed' });
    await waitFor(() => hook.taken.length >= 2 || undefined, { everyMs: 50, limitMs: 30_000 });
    expect(hook.taken.map((one) => toldBy(one).status)).toEqual(['assigned', 'completed']);
  });

  it(`sent ${TIMES} times at once is one, with one answer to all`, async () => {
    const command = creation();
    const [first, ...others] = (await sendAtOnce(command)).map(resultOf);
    expect(first).toMatchObject({ version: 1, events: ['TaskCreated'] });
    for (const other of others) expect(other).toStrictEqual(first);
    expect(await typesOf(command.aggregateId)).toEqual(['TaskCreated']);
    expect(resultOf(await send(command))).toStrictEqual(first);
  });

  it(`ends a task once where it is sent ${TIMES} times at once, and has its answer when the task has ended, too`, async () => {
    const taskId = await created();
    const command = cancellation(taskId, { metadata: { expectedVersion: 1 } });
    const [first, ...others] = (await sendAtOnce(command)).map(resultOf);
    expect(first).toMatchObject({ aggregateId: taskId, events: ['SagaCancelRequested'] });
    for (const other of others) expect(other).toStrictEqual(first);
    const ended = await endedTask(api, taskId);
    expect(ended).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED', message: 'A mistake' } });
    expect(resultOf(await send(command))).toStrictEqual(first);
    expect(await wishesIn(taskId)).toHaveLength(1);
    expectRefusal(await send(cancellation(taskId)), 409, 'CONFLICT');
  });

  it('is refused where the aggregate is at another version, and may then come mended', async () => {
    const command = creation();
    expectRefusal(await send({ ...command, metadata: { expectedVersion: 1 } }), 409, 'CONFLICT');
    expectRefusal(await api.call(`/tasks/${command.aggregateId}`), 404, 'NOT_FOUND');
    resultOf(await send({ ...command, metadata: { expectedVersion: 0 } }));
    const end = cancellation(command.aggregateId);
    expectRefusal(await send({ ...end, metadata: { expectedVersion: 7 } }), 409, 'CONFLICT');
    expect(await wishesIn(command.aggregateId)).toEqual([]);
    resultOf(await send({ ...end, metadata: { expectedVersion: 1 } }));
  });

  it('never makes a task that is there, and never ends one that is not', async () => {
    const taskId = await created();
    expectRefusal(await send(creation({ aggregateId: taskId })), 409, 'CONFLICT');
    expect(await typesOf(taskId)).toEqual(['TaskCreated']);
    expectRefusal(await send(cancellation(newId('task'))), 404, 'NOT_FOUND');
  });

  it('keeps its id to itself and to its owner', async () => {
    const command = creation();
    const first = resultOf(await send(command));
    const others = [
      { ...command, payload: { ...command.payload, priority: 9 } },
      { ...command, aggregateId: newId('task') },
      { ...cancellation(command.aggregateId), id: command.id },
    ];
    for (const other of others) expectRefusal(await send(other), 422, 'IDEMPOTENCY_MISMATCH');
    expect(resultOf(await send(command))).toStrictEqual(first);
    const stranger = new ApiClient(await newKey('write'));
    const theirs = { ...command, aggregateId: newId('task') };
    expect(resultOf(await stranger.post('/commands', theirs)).aggregateId).toBe(theirs.aggregateId);
  });

  it.each(['CompleteTask', 'AssignTask', 'StartSaga', 'createTask', ''])(
    'of the type "%s" is unknown',
    async (type) => {
      expectFaults(await send(creation({ type })), ['type']);
    },
  );

  it('is told all that is wrong with it', async () => {
    const metadata = { expectedVersion: -1, correlationId: 'a b' };
    const wrong = creation({ id: '', aggregateId: 'task_1', payload: { type: 'a b', odd: 1 }, metadata });
    expectFaults(await send(wrong), [
      ...['id', 'aggregateId', 'payload.type', 'payload.description', 'payload.odd'],
      ...['metadata.expectedVersion', 'metadata.correlationId'],
    ]);
    const payload = { type: 'simple_task', description: 'x', callbackUrl: 'https://10.0.0.1/' };
    expectFaults(await send(creation({ payload })), ['payload.callbackUrl']);
  });

  it('needs the scope write', async () => {
    const reader = new ApiClient(await newKey('read', 'admin', 'agent'));
    expectRefusal(await reader.post('/commands', creation()), 403, 'FORBIDDEN');
  });
});
