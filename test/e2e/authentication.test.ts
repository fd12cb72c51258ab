import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, dataOf, expectGatewayRefusal, expectRefusal, jsonOf } from '../support/cloud/api-client.ts';
import { cloud, commitsOf, newKey, revokedKey } from '../support/cloud/cloud.ts';
import { newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const UNKNOWN_TASK = 'task_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const ROWS = [
  ['POST', '/tasks'],
  ['GET', '/tasks'],
  ['GET', `/tasks/${UNKNOWN_TASK}`],
  ['GET', `/tasks/${UNKNOWN_TASK}/events`],
  ['GET', `/tasks/${UNKNOWN_TASK}/files/README.md`],
] as const;
const correlationId = newCorrelationId();
const submission = {
  headers: { 'content-type': 'application/json', 'x-correlation-id': correlationId },
  body: JSON.stringify({ type: 'simple_task', description: 'From a caller that may not' }),
};

function callRow(api: ApiClient, method: string, path: string, headers: Record<string, string> = {}) {
  const { body } = submission;
  return api.call(path, {
    method,
    headers: { ...submission.headers, ...headers },
    ...(method === 'POST' ? { body } : {}),
  });
}

describe.concurrent('a call without a valid key is 401', () => {
  it.each(ROWS)('%s %s without an Authorization header', async (method, path) => {
    expectGatewayRefusal(await callRow(new ApiClient(), method, path), 401, 'UNAUTHORIZED');
  });

  it.each([
    ['Basic credentials', `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['a key without its scheme', cloud.apiKey],
    ['another scheme around a key', `Token ${cloud.apiKey}`],
    ['no key behind the scheme', 'Bearer '],
    ['two keys', `Bearer ${cloud.apiKey} ${cloud.apiKey}`],
    ['a text that is no key', 'Bearer nonsense'],
    ['an unknown key', `Bearer maos_0123456789abcdef_${'A'.repeat(43)}`],
    ['a key with a wrong secret', `Bearer ${cloud.apiKey.slice(0, -43)}${'A'.repeat(43)}`],
    ['a key cut short', `Bearer ${cloud.apiKey.slice(0, -1)}`],
  ])('with %s', async (_what, authorization) => {
    for (const [method, path] of ROWS.slice(0, 2)) {
      expectGatewayRefusal(await callRow(new ApiClient(), method, path, { authorization }), 401, 'UNAUTHORIZED');
    }
  });

  it('with a key that was revoked before its first use', async () => {
    const api = new ApiClient(await revokedKey('read', 'write'));
    for (const [method, path] of ROWS) expectGatewayRefusal(await callRow(api, method, path), 401, 'UNAUTHORIZED');
  });
});

describe('a call whose key lacks the scope is 403', () => {
  let clients: Record<'read' | 'write' | 'admin' | 'agent', ApiClient>;
  beforeAll(async () => {
    const [read, write, admin, agent] = await Promise.all([
      newKey('read'),
      newKey('write'),
      newKey('admin'),
      newKey('agent'),
    ]);
    clients = {
      read: new ApiClient(read),
      write: new ApiClient(write),
      admin: new ApiClient(admin),
      agent: new ApiClient(agent),
    };
  });

  it.each(['read', 'admin', 'agent'] as const)('submitting with the scope %s only', async (scope) => {
    const message = expectRefusal(await callRow(clients[scope], 'POST', '/tasks'), 403, 'FORBIDDEN');
    expect(message).toContain('write');
  });

  it.each(['write', 'admin', 'agent'] as const)('reading with the scope %s only', async (scope) => {
    for (const [method, path] of ROWS.slice(1)) {
      const message = expectRefusal(await callRow(clients[scope], method, path), 403, 'FORBIDDEN');
      expect(message).toContain('read');
    }
  });

  it('even where the call has other faults, which it is not told', async () => {
    expectRefusal(await clients.read.post('/tasks', { nonsense: 1 }), 403, 'FORBIDDEN');
    expectRefusal(await clients.write.call('/tasks?limit=0'), 403, 'FORBIDDEN');
    expectRefusal(await clients.write.call('/tasks/nonsense'), 403, 'FORBIDDEN');
  });

  it('and leaves nothing behind', async () => {
    expect(await commitsOf(correlationId)).toBe(0);
  });

  it('but the one scope that a row needs is enough', async () => {
    const { taskId } = await newTask(clients.write, { type: 'nobodys', description: 'x' }, newCorrelationId());
    expect(await clients.read.data(`/tasks/${taskId}`)).toMatchObject({ taskId });
    expect(await clients.read.data(`/tasks/${taskId}/events`)).toMatchObject({ items: { length: expect.any(Number) } });
    expect(await clients.read.data('/tasks?limit=1')).toMatchObject({ items: { length: 1 } });
  });
});

describe('what is open', () => {
  const anybody = new ApiClient();

  it('tells anybody that the API answers', async () => {
    const reply = await anybody.call('/health');
    expect(reply.status).toBe(200);
    expect(dataOf(reply)).toStrictEqual({ status: 'ok', stage: 'local' });
  });

  it('takes no harm from a key that nobody knows', async () => {
    const reply = await anybody.call('/health', { headers: { authorization: 'Bearer nonsense' } });
    expect(reply.status).toBe(200);
  });

  it('describes every row of the API in OpenAPI 3.1', async () => {
    const reply = await anybody.call('/openapi.json');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/json');
    const { openapi, paths } = jsonOf(reply) as { openapi: string; paths: Record<string, Record<string, object>> };
    expect(openapi).toMatch(/^3\.1\./);
    const rows = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(rows.sort()).toEqual([
      'DELETE /api/v1/dead-letters/{deadLetterId}',
      'DELETE /api/v1/saga-definitions/{id}',
      'DELETE /api/v1/services/{name}',
      'DELETE /api/v1/subscriptions/{subscriptionId}',
      'GET /api/v1/agents',
      'GET /api/v1/dead-letters',
      'GET /api/v1/dead-letters/groups',
      'GET /api/v1/dead-letters/{deadLetterId}',
      'GET /api/v1/docs',
      'GET /api/v1/events',
      'GET /api/v1/events/{eventId}',
      'GET /api/v1/health',
      'GET /api/v1/openapi.json',
      'GET /api/v1/projections',
      'GET /api/v1/projections/{name}/failed-events',
      'GET /api/v1/requests',
      'GET /api/v1/requests/{requestId}/deliveries',
      'GET /api/v1/requests/{requestId}/status',
      'GET /api/v1/saga-definitions',
      'GET /api/v1/saga-definitions/{id}',
      'GET /api/v1/sagas',
      'GET /api/v1/sagas/{id}',
      'GET /api/v1/services',
      'GET /api/v1/services/{name}',
      'GET /api/v1/services/{name}/breaker',
      'GET /api/v1/services/{name}/contract',
      'GET /api/v1/services/{name}/contract/tests/{testId}',
      'GET /api/v1/services/{name}/health',
      'GET /api/v1/subscriptions',
      'GET /api/v1/subscriptions/{subscriptionId}',
      'GET /api/v1/tasks',
      'GET /api/v1/tasks/{taskId}',
      'GET /api/v1/tasks/{taskId}/events',
      'GET /api/v1/tasks/{taskId}/files/{path}',
      'GET /api/v1/tasks/{taskId}/log',
      'GET /api/v1/webhook-secret',
      'PATCH /api/v1/subscriptions/{subscriptionId}',
      'POST /api/v1/agents',
      'POST /api/v1/agents/{agentId}/claim',
      'POST /api/v1/commands',
      'POST /api/v1/completions/{token}',
      'POST /api/v1/dead-letters/redrive',
      'POST /api/v1/events',
      'POST /api/v1/leases/{leaseId}/complete',
      'POST /api/v1/leases/{leaseId}/fail',
      'POST /api/v1/leases/{leaseId}/heartbeat',
      'POST /api/v1/projections/{name}/failed-events/retry',
      'POST /api/v1/projections/{name}/pause',
      'POST /api/v1/projections/{name}/rebuild',
      'POST /api/v1/projections/{name}/resume',
      'POST /api/v1/queries',
      'POST /api/v1/requests',
      'POST /api/v1/requests/{requestId}/deliveries/{deliveryId}/replay',
      'POST /api/v1/sagas',
      'POST /api/v1/sagas/{id}/cancel',
      'POST /api/v1/sagas/{id}/resume',
      'POST /api/v1/services/{name}/breaker',
      'POST /api/v1/services/{name}/contract/test',
      'POST /api/v1/services/{name}/operations/{operation}',
      'POST /api/v1/subscriptions',
      'POST /api/v1/subscriptions/{subscriptionId}/test',
      'POST /api/v1/tasks',
      'POST /api/v1/tasks/{taskId}/cancel',
      'POST /api/v1/tasks/{taskId}/retry',
      'POST /api/v1/webhook-secret/rotate',
      'POST /api/v1/webhook-secret/test',
      'PUT /api/v1/leases/{leaseId}/files/{path}',
      'PUT /api/v1/saga-definitions/{id}',
      'PUT /api/v1/services/{name}',
      'PUT /api/v1/services/{name}/contract',
    ]);
  });

  it('shows the same as a page that runs nothing', async () => {
    const reply = await anybody.call('/docs', { headers: { accept: 'text/html' } });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(reply.bytes.toString('utf8')).toMatch(/^<!doctype html>.*<article id="call-createTask".*<\/html>\n$/s);
  });
});
