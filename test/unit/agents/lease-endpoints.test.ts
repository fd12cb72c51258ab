import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LeaseRecord } from '../../../functions/agents/adapters/agent-state.ts';
import { leaseEndpoints } from '../../../functions/agents/adapters/lease-endpoints.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { AgentWorld, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { eventsOf, workOf } from '../../support/agents/work-places.ts';
import type { ApiCall } from '../../support/api/api-calls.ts';
import { apiCaller, REQUEST_ID } from '../../support/api/api-calls.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const ERROR = { code: 'BROKEN', message: 'It broke.' };

let world: AgentWorld;
let lease: LeaseRecord;
let api: ReturnType<typeof apiCaller>;
beforeEach(async () => {
  world = new AgentWorld();
  await world.register('agent_1');
  await world.offer();
  lease = await world.claimed('agent_1');
  api = apiCaller(httpPipeline(leaseEndpoints(world.feature.leases)));
});

const call = (what: string, more: Partial<ApiCall> = {}) =>
  api({ method: 'POST', path: `/api/v1/leases/${lease.leaseId}/${what}`, scopes: 'agent', ...more });
const post = (what: string, body: unknown) => call(what, { body });
const put = (path: string, body?: string, headers: Record<string, string> = {}) =>
  call(`files/${path}`, { method: 'PUT', headers: { 'Content-Type': 'text/plain', ...headers }, body });
const faultsIn = ({ json }: Awaited<ReturnType<typeof call>>) => json.error.details?.map(({ path }) => path).sort();

describe('a heartbeat', () => {
  it('answers until when the lease lasts, and passes on what the agent tells', async () => {
    world.pass(10);
    const { status, json } = await post('heartbeat', { progress: 12.5, log: ['a line'] });
    expect([status, json.data]).toEqual([200, { expiresAt: '2026-08-19T10:01:10.000Z', cancelled: false }]);
    expect(world.lines).toMatchObject([{ taskId: TASK_ID, progress: 12.5, line: 'a line' }]);
  });

  it('needs no body', async () => {
    expect((await call('heartbeat')).status).toBe(200);
  });

  it.each([
    [{ progress: 101 }, ['progress']],
    [{ progress: -1 }, ['progress']],
    [{ progress: '1' }, ['progress']],
    [{ log: 'line' }, ['log']],
    [{ log: Array(51).fill('') }, ['log']],
    [{ log: ['x'.repeat(2001)] }, ['log.0']],
    [{ status: 'fine' }, ['status']],
  ])('refuses %j', async (body, paths) => {
    const answer = await post('heartbeat', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, paths]);
    expect(world.lines).toEqual([]);
  });
});

describe('PUT /leases/{leaseId}/files/{path}', () => {
  it('stores the bytes as they came, and answers what they are', async () => {
    const { status, json } = await put('src/a%20b.txt', 'Ж');
    const file = { path: 'src/a b.txt', size: 2, sha256: sha256('Ж'), contentType: 'text/plain' };
    expect([status, json.data]).toEqual([200, file]);
    expect(world.files.stored.get(`staging/${TASK_ID}/${lease.leaseId}/src/a b.txt`)).toMatchObject({
      ...file,
      bytes: Buffer.from('Ж'),
    });
  });

  it('stores what the gateway passes in base64, and JSON as text like any other', async () => {
    await call('files/a', { method: 'PUT', body: 'bytes', base64: true });
    await put('b', '{"half', { 'Content-Type': 'application/json' });
    const stored = [...world.files.stored.values()].map(({ bytes }) => Buffer.from(bytes).toString());
    expect(stored).toEqual(['bytes', '{"half']);
  });

  it('stores an empty file', async () => {
    expect((await put('empty')).json.data).toMatchObject({ size: 0, sha256: sha256('') });
  });

  it('takes an odd content type for bytes of any kind', async () => {
    const { json } = await put('a', 'a', { 'Content-Type': 'text/html; charset=x; q="' });
    expect(json.data).toMatchObject({ contentType: 'application/octet-stream' });
  });

  it('refuses more than 4 MB, and answers an address for that', async () => {
    const limit = 4 * 1024 * 1024;
    expect((await put('a', 'x'.repeat(limit))).status).toBe(200);
    expect((await put('a', 'x'.repeat(limit + 1))).status).toBe(413);
    const { status, json } = await put('big', undefined, {
      'X-File-Size': `${limit + 1}`,
      'X-File-Sha256': sha256('big'),
    });
    expect([status, json.data]).toEqual([
      200,
      {
        uploadUrl: `https://files.example/staging/${TASK_ID}/${lease.leaseId}/big?signed`,
        headers: { 'content-type': 'text/plain' },
        expiresAt: expect.stringMatching(/Z$/),
      },
    ]);
  });

  const hash = sha256('a');
  it.each([
    [{ 'x-file-size': '1' }, undefined, ['x-file-sha256']],
    [{ 'x-file-sha256': hash }, undefined, ['x-file-size']],
    [{ 'x-file-size': '1', 'x-file-sha256': hash }, 'a', ['body']],
    [{ 'x-file-size': '-1', 'x-file-sha256': hash }, undefined, ['x-file-size']],
    [{ 'x-file-size': '1e3', 'x-file-sha256': hash }, undefined, ['x-file-size']],
    [{ 'x-file-size': '5368709121', 'x-file-sha256': hash }, undefined, ['x-file-size']],
    [{ 'x-file-size': '1', 'x-file-sha256': hash.toUpperCase() }, undefined, ['x-file-sha256']],
    [{ 'x-file-size': '1', 'x-file-sha256': 'abc' }, undefined, ['x-file-sha256']],
  ])('refuses %j with the body %j', async (headers, body, paths) => {
    const answer = await put('a', body, headers as unknown as Record<string, string>);
    expect([answer.status, faultsIn(answer)]).toEqual([400, paths]);
  });

  it.each(['a%2F..%2Fb', '..', 'a//b', 'a%5Cb', 'a%00b', 'x'.repeat(201)])('refuses the path %j', async (path) => {
    expect(faultsIn(await put(path, 'a'))).toEqual(['path']);
    expect(world.files.stored.size).toBe(0);
  });
});

describe('POST /leases/{leaseId}/complete', () => {
  it('ends the task with what was uploaded', async () => {
    await put('a', 'a');
    const { status, json } = await post('complete', { summary: 'One.', files: [{ path: 'a', sha256: sha256('a') }] });
    expect([status, json.data]).toEqual([200, { taskId: TASK_ID, status: 'completed' }]);
    const { commits } = await world.log.load(TASK_ID.replace('task', 'work'));
    expect(commits.at(-1)).toMatchObject({ commitId: REQUEST_ID, metadata: { userId: 'key_1' } });
  });

  it.each([
    [{}, ['files', 'summary']],
    [{ summary: 'x'.repeat(10_001), files: [] }, ['summary']],
    [{ summary: '', files: [{ path: '../a', sha256: 'x' }] }, ['files.0.path', 'files.0.sha256']],
    [{ summary: '', files: [{ path: 'a', sha256: 'a'.repeat(64), size: 1 }] }, ['files.0.size']],
    [{ summary: '', files: Array(501).fill({ path: 'a', sha256: 'a'.repeat(64) }) }, ['files']],
    [{ summary: '', files: [{ path: 'a', sha256: 'a'.repeat(64) }] }, ['files.0.path']],
  ])('refuses %j, and the lease goes on', async (body, paths) => {
    const answer = await post('complete', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, paths]);
    expect((await workOf(world, TASK_ID)).status).toBe('leased');
  });
});

describe('POST /leases/{leaseId}/fail', () => {
  it.each([
    [{ error: ERROR }, 'failed'],
    [{ error: ERROR, retryable: false }, 'failed'],
    [{ error: ERROR, retryable: true }, 'returned'],
  ])('with %j answers %s', async (body, status) => {
    expect((await post('fail', body)).json.data).toEqual({ taskId: TASK_ID, status });
  });

  it.each([
    [{}, ['error']],
    [{ error: {} }, ['error.code', 'error.message']],
    [{ error: { ...ERROR, code: 'lower' } }, ['error.code']],
    [{ error: { ...ERROR, code: `A${'B'.repeat(64)}` } }, ['error.code']],
    [{ error: { ...ERROR, message: '' } }, ['error.message']],
    [{ error: { ...ERROR, message: 'x'.repeat(2001) } }, ['error.message']],
    [{ error: { ...ERROR, stack: '' } }, ['error.stack']],
    [{ error: ERROR, retryable: 'yes' }, ['retryable']],
  ])('refuses %j', async (body, paths) => {
    const answer = await post('fail', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, paths]);
  });
});

const ROWS: Record<string, () => ReturnType<typeof call>> = {
  heartbeat: () => post('heartbeat', {}),
  files: () => put('a', 'a'),
  complete: () => post('complete', { summary: '', files: [] }),
  fail: () => post('fail', { error: ERROR }),
};

describe.each(Object.entries(ROWS))('/leases/{leaseId}/%s', (row, send) => {
  it('answers 404 for a lease that there is not, and for another key’s', async () => {
    const mine = lease;
    lease = { ...mine, leaseId: 'lease_0' };
    expect([(await send()).status, (await send()).json.error.code]).toEqual([404, 'NOT_FOUND']);
    await world.register('agent_2', { keyId: 'key_2' });
    await world.offer(TASK_ID.replace(/0$/, '1'));
    const wish = { agentId: 'agent_2', keyId: 'key_2', requestId: 'req_2', waitMs: 0 };
    lease = (await world.feature.leases.claim(wish)) as LeaseRecord;
    expect((await send()).status).toBe(404);
  });

  it('answers 409 after the task has ended, and changes nothing', async () => {
    await ROWS.complete?.();
    const events = await eventsOf(world.log, TASK_ID);
    expect([(await send()).status, (await send()).json.error.code]).toEqual([409, 'CONFLICT']);
    expect(await eventsOf(world.log, TASK_ID)).toEqual(events);
  });

  it('answers 409 after the lease has run out', async () => {
    world.pass(LEASE_SECONDS);
    expect((await send()).status).toBe(409);
  });

  it('needs the scope agent', async () => {
    const method = row === 'files' ? 'PUT' : 'POST';
    const path = row === 'files' ? 'files/a' : row;
    expect((await call(path, { method, body: {}, scopes: 'read,write,admin' })).status).toBe(403);
  });
});
