import { beforeEach, describe, expect, it } from 'vitest';
import { agentEndpoints } from '../../../functions/agents/adapters/agent-endpoints.ts';
import { Agent } from '../../../functions/contracts/api/agent.ts';
import type { Task } from '../../../functions/contracts/api/task.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { crashingStores } from '../../support/agents/crashing-stores.ts';
import type { Stores } from '../../support/agents/memory-agent-world.ts';
import { AgentWorld } from '../../support/agents/memory-agent-world.ts';
import type { ApiCall } from '../../support/api/api-calls.ts';
import { apiCaller } from '../../support/api/api-calls.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const AGENTS = '/api/v1/agents';
const body = { name: 'a worker', capabilities: ['code_generation'] };

captureLogLines();

let world: AgentWorld;
let call: ReturnType<typeof callerOf>;
beforeEach(() => {
  world = new AgentWorld();
  call = callerOf(world);
});

function callerOf({ log, state }: Stores): (call: ApiCall) => ReturnType<ReturnType<typeof apiCaller>> {
  const endpoints = agentEndpoints({ state, log, leases: world.feature.leases });
  const api = apiCaller(httpPipeline(endpoints, { idempotency: (_call, _context, run) => run() }));
  return (one) => api({ scopes: 'read,agent', ...one });
}

const register = (more: Partial<ApiCall> = {}) => call({ method: 'POST', path: AGENTS, body, ...more });
const registered = async (fields: object = {}) => (await register({ body: { ...body, ...fields } })).json.data as Agent;
const claim = (agentId: string, more: Partial<ApiCall> = {}) =>
  call({ method: 'POST', path: `${AGENTS}/${agentId}/claim`, body: {}, ...more });
const listed = async (query: Record<string, string> = {}) => {
  const { data } = (await call({ path: AGENTS, query })).json;
  return data as { items: Agent[]; nextCursor: string | null };
};

describe('POST /agents', () => {
  it('answers the agent, online, with what was left out filled in, and no word of its key', async () => {
    const { status, json } = await register();
    expect(status).toBe(201);
    expect(json.data).toEqual({
      agentId: expect.stringMatching(/^agent_[0-9A-Z]{26}$/),
      ...body,
      maxConcurrency: 1,
      status: 'online',
      activeTasks: 0,
      lastSeenAt: expect.stringMatching(/Z$/),
      createdAt: (json.data as Agent).lastSeenAt,
    });
    expect(Agent.strict().safeParse(json.data).error).toBeUndefined();
    expect(world.state.all().agents).toMatchObject([{ keyId: 'key_1' }]);
  });

  it('makes another agent of each call, and the same one under the same Idempotency-Key', async () => {
    expect((await registered()).agentId).not.toBe((await registered()).agentId);
    const headers = { 'Idempotency-Key': 'k' };
    const [one, again] = [await register({ headers }), await register({ headers })];
    expect((one.json.data as Agent).agentId).toBe((again.json.data as Agent).agentId);
    expect(world.state.all().agents).toHaveLength(3);
  });

  it('tells the log who registered what, and of which call', async () => {
    const headers = { 'X-Correlation-ID': 'corr_7' };
    const { agentId } = (await register({ headers, keyId: 'key_7', requestId: 'req_7' })).json.data as Agent;
    const [commit, ...more] = (await world.log.load(agentId)).commits;
    expect([commit?.events, more]).toEqual([[{ type: 'AgentRegistered', data: { ...body, maxConcurrency: 1 } }], []]);
    const metadata = { correlationId: 'corr_7', causationId: 'req_7', userId: 'key_7' };
    expect(commit?.metadata).toEqual({ ...metadata, traceId: expect.stringMatching(/^1-/) });
  });

  it('that is run again under its Idempotency-Key is told once, and the agent keeps what it has in hand', async () => {
    const headers = { 'Idempotency-Key': 'k' };
    const { agentId, createdAt } = (await register({ headers })).json.data as Agent;
    await world.createTask();
    await world.offer();
    await claim(agentId);
    const { status, json } = await register({ headers, requestId: 'again' });
    expect([status, json.data]).toMatchObject([201, { agentId, createdAt, activeTasks: 1, status: 'online' }]);
    expect((await world.log.load(agentId)).commits).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'that died %s writing is made once when its caller tries again',
    async (when) => {
      const headers = { 'Idempotency-Key': 'k' };
      const { stores, fired } = crashingStores(world, { write: 1, when });
      expect((await callerOf(stores)({ method: 'POST', path: AGENTS, body, headers })).status).toBe(500);
      expect([fired(), world.state.all().agents.length]).toEqual([true, when === 'before' ? 0 : 1]);
      const { agentId } = (await register({ headers })).json.data as Agent;
      expect(world.state.all().agents).toMatchObject([{ agentId, version: 1 }]);
      expect((await world.log.load(agentId)).commits).toHaveLength(1);
    },
  );

  it.each([
    [{}, ['capabilities', 'name']],
    [{ ...body, name: '' }, ['name']],
    [{ ...body, name: 'x'.repeat(129) }, ['name']],
    [{ ...body, capabilities: [] }, ['capabilities']],
    [{ ...body, capabilities: ['a b'] }, ['capabilities.0']],
    [{ ...body, capabilities: ['a', 'b', 'a'] }, ['capabilities']],
    [{ ...body, capabilities: Array.from({ length: 21 }, (_, index) => `t${index}`) }, ['capabilities']],
    [{ ...body, maxConcurrency: 0 }, ['maxConcurrency']],
    [{ ...body, maxConcurrency: 101 }, ['maxConcurrency']],
    [{ ...body, maxConcurrency: 1.5 }, ['maxConcurrency']],
    [{ ...body, agentId: 'scaffold', keyId: 'key_2' }, ['agentId', 'keyId']],
  ])('refuses %j', async (wrong, paths) => {
    const { status, json } = await register({ body: wrong });
    expect([status, json.error.details?.map(({ path }) => path).sort()]).toEqual([400, paths]);
    expect(world.state.all().agents).toEqual([]);
  });

  it('needs the scope agent', async () => {
    expect((await register({ scopes: 'read,write,admin' })).status).toBe(403);
  });
});

describe('GET /agents', () => {
  it('lists newest first, page by page, the built-in one too', async () => {
    await world.register('agent_old', { createdAt: '2020-01-01T00:00:00.000Z' });
    await world.register('agent_new', { createdAt: '2990-01-01T00:00:00.000Z' });
    const first = await listed({ limit: '2' });
    expect(first.items.map(({ agentId }) => agentId)).toEqual(['agent_new', 'scaffold']);
    const second = await listed({ limit: '2', cursor: first.nextCursor ?? '' });
    expect([second.items.map(({ agentId }) => agentId), second.nextCursor]).toEqual([['agent_old'], null]);
  });

  it('tells who is there and how much they have in hand', async () => {
    const { agentId } = await registered();
    await world.createTask();
    await world.offer();
    await claim(agentId);
    await world.register('agent_gone', { lastSeenAt: '2020-01-01T00:00:00.000Z' });
    const { items } = await listed();
    const told = Object.fromEntries(items.map((agent) => [agent.agentId, [agent.status, agent.activeTasks]]));
    expect(told).toMatchObject({ agent_gone: ['offline', 0], scaffold: ['online', 0] });
    expect(told[agentId]?.[1]).toBe(1);
    expect(items.filter((agent) => !Agent.strict().safeParse(agent).success)).toEqual([]);
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ cursor: 'garbage' }, 'cursor'],
    [{ status: 'online' }, 'status'],
  ])('refuses %j', async (query, path) => {
    const { status, json } = await call({ path: AGENTS, query: query as Record<string, string> });
    expect([status, json.error.details]).toMatchObject([400, [{ path }]]);
  });

  it('needs the scope read', async () => {
    expect((await call({ path: AGENTS, scopes: 'agent,write,admin' })).status).toBe(403);
  });
});

describe('POST /agents/{agentId}/claim', () => {
  it('answers a lease with the whole task', async () => {
    const { agentId } = await registered();
    await world.createTask();
    await world.offer();
    const { status, json } = await claim(agentId);
    expect(status).toBe(200);
    expect(json.data).toEqual({
      leaseId: expect.stringMatching(/^lease_[0-9A-Z]{26}$/),
      task: expect.objectContaining({ taskId: TASK_ID, description: 'Generate a simple REST API' }),
      expiresAt: '2026-08-19T10:01:00.000Z',
    });
    expect((json.data as { task: Task }).task).toMatchObject({ type: 'code_generation', correlationId: 'corr_1' });
  });

  it('answers 204 and nothing else where nothing waits', async () => {
    const { agentId } = await registered();
    const { status, bytes } = await claim(agentId);
    expect([status, bytes.byteLength]).toEqual([204, 0]);
    expect((await claim(agentId, { body: undefined })).status).toBe(204);
  });

  it('answers 404 for an agent that there is not, another key’s, and the built-in one', async () => {
    await listed();
    await world.register('agent_2', { keyId: 'key_2' });
    for (const agentId of ['agent_0', 'agent_2', 'scaffold']) {
      const { status, json } = await claim(agentId);
      expect([status, json.error.message]).toEqual([404, `There is no agent ${agentId}.`]);
    }
  });

  it.each([
    [{ waitSeconds: -1 }, 'waitSeconds'],
    [{ waitSeconds: 21 }, 'waitSeconds'],
    [{ waitSeconds: 0.5 }, 'waitSeconds'],
    [{ wait: 1 }, 'wait'],
  ])('refuses %j', async (wrong, path) => {
    const { status, json } = await claim('agent_1', { body: wrong });
    expect([status, json.error.details]).toMatchObject([400, [{ path }]]);
  });

  it('needs the scope agent', async () => {
    expect((await claim('agent_1', { scopes: 'read,write,admin' })).status).toBe(403);
  });
});
