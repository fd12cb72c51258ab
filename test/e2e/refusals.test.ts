import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, commitsOf } from '../support/cloud/cloud.ts';
import { endedTask, listedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const api = new ApiClient(cloud.apiKey);
const UNKNOWN_TASK = 'task_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const MAX_BODY_BYTES = 256 * 1024;
/** Meets the contract, and no agent takes it. */
const valid = { type: `type-${randomUUID()}`, description: 'Anything' };
const item = { type: 'language', value: 'typescript' };

/** Everything that is sent to be refused carries it, so that a trace of any of it is found. */
const correlationId = newCorrelationId();
const asJson = { 'content-type': 'application/json', 'x-correlation-id': correlationId };
let sent = 0;

function submit(body: string, headers: Record<string, string> = asJson, query = '') {
  sent += 1;
  return api.call(`/tasks${query}`, { method: 'POST', headers, body });
}

/** A body of just so many bytes that meets the contract. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ ...valid, metadata: { filling: '' } });
  return empty.replace('"filling":""', `"filling":"${'x'.repeat(bytes - empty.length)}"`);
}

describe.concurrent('a task that does not meet the contract is refused, naming each fault', () => {
  it.each<[string, object, string[]]>([
    ['without a type', { description: 'x' }, ['type']],
    ['without a description', { type: 'x' }, ['description']],
    ['of no fields at all', {}, ['type', 'description']],
    ['whose type is a number', { ...valid, type: 1 }, ['type']],
    ['whose type is empty', { ...valid, type: '' }, ['type']],
    ['whose type has a space', { ...valid, type: 'a b' }, ['type']],
    ['whose type is too long', { ...valid, type: 'x'.repeat(65) }, ['type']],
    ['whose description is empty', { ...valid, description: '' }, ['description']],
    ['whose description is null', { ...valid, description: null }, ['description']],
    ['whose description is too long', { ...valid, description: 'x'.repeat(10_001) }, ['description']],
    ['whose requirements are an object', { ...valid, requirements: item }, ['requirements']],
    ['whose requirements are null', { ...valid, requirements: null }, ['requirements']],
    ['whose requirement is a text', { ...valid, requirements: ['typescript'] }, ['requirements.0']],
    ['whose requirement lacks a value', { ...valid, requirements: [item, { type: 'x' }] }, ['requirements.1.value']],
    ['whose requirement has more', { ...valid, requirements: [{ ...item, must: true }] }, ['requirements.0.must']],
    ['with 51 requirements', { ...valid, requirements: Array(51).fill(item) }, ['requirements']],
    ['with the priority 10', { ...valid, priority: 10 }, ['priority']],
    ['with the priority -1', { ...valid, priority: -1 }, ['priority']],
    ['with the priority 1.5', { ...valid, priority: 1.5 }, ['priority']],
    ['with the priority "5"', { ...valid, priority: '5' }, ['priority']],
    ['with the priority null', { ...valid, priority: null }, ['priority']],
    ['whose metadata is an array', { ...valid, metadata: [] }, ['metadata']],
    ['whose metadata is a text', { ...valid, metadata: 'x' }, ['metadata']],
    ['whose metadata is null', { ...valid, metadata: null }, ['metadata']],
    ['with a callbackUrl that is no text', { ...valid, callbackUrl: 1 }, ['callbackUrl']],
    ['with a callbackUrl that may not be called', { ...valid, callbackUrl: 'http://localhost/' }, ['callbackUrl']],
    ['with a retryOf, which is not for callers', { ...valid, retryOf: UNKNOWN_TASK }, ['retryOf']],
    ['with a status, which is not for callers', { ...valid, status: 'completed' }, ['status']],
    [
      'with many faults',
      { type: 1, priority: 11, requirements: [{ type: 'x' }, { ...item, a: 1, b: 2 }], callbackUrl: '', when: 'now' },
      [
        'type',
        'description',
        'priority',
        'requirements.0.value',
        'requirements.1.a',
        'requirements.1.b',
        'callbackUrl',
        'when',
      ],
    ],
  ])('%s', async (_what, body, paths) => {
    expectFaults(await submit(JSON.stringify(body)), paths);
  });

  it.each([
    ['an array', '[]'],
    ['null', 'null'],
    ['a text', '"type"'],
    ['a number', '5'],
    ['true', 'true'],
    ['half an object', '{"type":"x"'],
    ['no JSON', 'type=x&description=y'],
    ['nothing', ''],
    ['nested deeper than any reader wants', `{"metadata":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`],
  ])('a body that is %s', async (_what, body) => {
    expectFaults(await submit(body), ['body']);
  });

  it('a query, which this row does not take', async () => {
    expectFaults(await submit(JSON.stringify(valid), asJson, '?dry=1&run=2'), ['dry', 'run']);
  });

  it('a body that is one byte too large', async () => {
    expectRefusal(await submit(bodyOf(MAX_BODY_BYTES + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('a body that is many times too large', async () => {
    expectRefusal(await submit(bodyOf(20 * MAX_BODY_BYTES)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'json',
    '',
  ])('a body of the media type "%s"', async (type) => {
    const reply = await submit(JSON.stringify(valid), { ...asJson, 'content-type': type });
    expectRefusal(reply, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe.concurrent('a task that just meets the contract', () => {
  it('is done with the largest body', async () => {
    const body = { ...JSON.parse(bodyOf(MAX_BODY_BYTES)), type: 'simple_task' };
    body.metadata.filling += 'x'.repeat(MAX_BODY_BYTES - JSON.stringify(body).length);
    const task = await newTask(api, body, newCorrelationId());
    const ended = await endedTask(api, task.taskId);
    expect(ended).toMatchObject({ status: 'completed', metadata: body.metadata });
    expect(await listedTask(api, ended)).toStrictEqual(ended);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON'])('is taken as "%s"', async (type) => {
    const reply = await api.call('/tasks', {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify(valid),
    });
    expect(reply.status).toBe(201);
    expect(dataOf(reply)).toMatchObject(valid);
  });
});

describe.concurrent('what is not there', () => {
  it.each([
    ['an unknown task', `/tasks/${UNKNOWN_TASK}`],
    ['the history of an unknown task', `/tasks/${UNKNOWN_TASK}/events`],
    ['a file of an unknown task', `/tasks/${UNKNOWN_TASK}/files/README.md`],
    ['a part of a task that has not come yet', `/tasks/${UNKNOWN_TASK}/log`],
    ['a path below a feature', `/tasks/${UNKNOWN_TASK}/events/1`],
    ['a feature that there is not', '/plans'],
    ['a projection that there is not', '/projections/plans/failed-events'],
    ['the root of the version', ''],
  ])('is 404: %s', async (_what, path) => {
    expectRefusal(await api.call(path), 404, 'NOT_FOUND');
  });

  it.each([
    ['PUT', '/tasks'],
    ['DELETE', `/tasks/${UNKNOWN_TASK}`],
    ['PATCH', `/tasks/${UNKNOWN_TASK}`],
    ['POST', `/tasks/${UNKNOWN_TASK}/cancel`],
    ['POST', '/health'],
  ])('is 404: %s %s', async (method, path) => {
    expectRefusal(await api.call(path, { method, headers: asJson }), 404, 'NOT_FOUND');
  });

  it('is 404 without a key too, where no feature begins', async () => {
    expectRefusal(await new ApiClient().call('/nothing'), 404, 'NOT_FOUND');
    expectRefusal(await new ApiClient().call('/plans/1'), 404, 'NOT_FOUND');
  });

  it.each(['nope', `${UNKNOWN_TASK}X`, UNKNOWN_TASK.toLowerCase(), '%00'])(
    'is 400 where "%s" is no task id at all',
    async (id) => {
      expectFaults(await api.call(`/tasks/${id}/events`), ['taskId']);
    },
  );
});

describe('what was refused', () => {
  it('left nothing in the log or the list', async () => {
    expect(sent).toBeGreaterThan(40);
    expect(await commitsOf(correlationId)).toBe(0);
    const { taskId } = await newTask(api, { ...valid, type: 'simple_task' }, correlationId);
    const task = await endedTask(api, taskId);
    await listedTask(api, task);
    expect(await api.data(`/tasks?correlationId=${correlationId}`)).toStrictEqual({ items: [task], nextCursor: null });
  });
});
