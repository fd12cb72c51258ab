import { describe, expect, it } from 'vitest';
import type { ListedRequest } from '../../functions/contracts/api/request.ts';
import { ApiClient, expectFaults, expectRefusal, ISO_TIME, jsonOf } from '../support/cloud/api-client.ts';
import { setBreaker } from '../support/cloud/breaker.ts';
import { accepted, endedRequest, sharedServers, statusOf } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import type { Behaviour, Received } from '../support/outgoing/fault-server.ts';
import { answer, echo, hang, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const REQUEST_ID = /^req_[0-9A-HJKMNP-TV-Z]{26}$/;

type Envelope = {
  id: string;
  status: string;
  data?: unknown;
  error?: { code: string; message: string; attempts: number; details?: Record<string, unknown> };
  metadata: { attempt: number };
};

async function ask(body: object, headers: Record<string, string> = {}) {
  const reply = await api.post('/requests', body, headers);
  return { reply, envelope: jsonOf(reply) as Envelope };
}

/** Fails so many times, then answers; tells when each call came. */
function failing(times: number, failure: Behaviour, at: number[] = []): Behaviour {
  return (response, request) => {
    at.push(performance.now());
    (at.length <= times ? failure : json({ fine: true }))(response, request);
  };
}

const keysOf = (requests: Received[]) => new Set(requests.map(({ headers }) => headers['idempotency-key']));

describe.concurrent('a request that its caller waits for', () => {
  it('succeeds at the first try, with the answer under its own id', async () => {
    const service = await servers.service(echo);
    const correlationId = newCorrelationId();
    const wanted = { service: service.name, operation: 'book', payload: { seat: 7 } };
    const { reply, envelope } = await ask(wanted, { 'x-correlation-id': correlationId });
    expect(reply.status).toBe(200);
    expect(envelope).toMatchObject({ id: expect.stringMatching(REQUEST_ID), metadata: { attempt: 1 } });
    expect(envelope.data).toMatchObject({ method: 'POST', url: '/book', body: '{"seat":7}' });
    expect(reply.headers.get('x-request-id')).toBe(envelope.id);
    expect(service.requests[0]?.headers).toMatchObject({
      'x-correlation-id': correlationId,
      'idempotency-key': expect.stringMatching(/\S/),
    });
    const status = await statusOf(api, envelope.id);
    expect(status).toStrictEqual({
      ...{ requestId: envelope.id, status: 'completed', result: envelope.data, attempts: 1 },
      ...{ createdAt: expect.stringMatching(ISO_TIME), updatedAt: expect.stringMatching(ISO_TIME) },
      expiresAt: expect.stringMatching(ISO_TIME),
    });
    expect(Date.parse(status.expiresAt ?? '') - Date.parse(status.updatedAt)).toBe(300_000);
  });

  it('succeeds at the third try, 2 s and 4 s later, under one idempotency key', async () => {
    const at: number[] = [];
    const service = await servers.service(failing(2, answer(503), at));
    const { reply, envelope } = await ask({ service: service.name, operation: 'book', payload: {} });
    expect([reply.status, envelope.data, envelope.metadata.attempt]).toEqual([200, { fine: true }, 3]);
    const [first = 0, second = 0, third = 0] = at;
    // How exact they are is the unit tests' to tell, on a played clock: here the machine's load comes on top.
    expect(second - first).toBeGreaterThanOrEqual(1990);
    expect(second - first).toBeLessThan(10_000);
    expect(third - second).toBeGreaterThanOrEqual(3990);
    expect(third - second).toBeLessThan(12_000);
    expect(keysOf(service.requests).size).toBe(1);
  });

  it('ends at once where the service says that it is the caller’s fault', async () => {
    const service = await servers.service(json({ code: 'NO_SEAT', message: 'There is none.' }, 422));
    const { reply, envelope } = await ask({ service: service.name, operation: 'book', payload: {} });
    expect([reply.status, envelope.error?.code, envelope.error?.attempts]).toEqual([502, 'SERVICE_ERROR', 1]);
    expect(envelope.error?.details).toEqual({
      ...{ service: service.name, operation: 'book', httpStatus: 422 },
      ...{ code: 'NO_SEAT', message: 'There is none.' },
    });
    expect(service.requests).toHaveLength(1);
    expect(await statusOf(api, envelope.id)).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'SERVICE_ERROR' },
    });
  });

  it('is given up after four tries', async () => {
    const service = await servers.service(answer(500));
    const { reply, envelope } = await ask({ service: service.name, operation: 'book', payload: {} });
    // On a busy machine the 14 s of pauses and four calls may reach the gateway's limit: then it is handed over.
    if (reply.status !== 202) {
      expect([reply.status, envelope.error?.code, envelope.error?.attempts]).toEqual([502, 'SERVICE_ERROR', 4]);
    }
    expect(await endedRequest(api, envelope.id)).toMatchObject({
      ...{ status: 'failed', attempts: 4 },
      error: { code: 'SERVICE_ERROR' },
    });
    expect(service.requests).toHaveLength(4);
  });

  it('runs out of time', async () => {
    const service = await servers.service(hang);
    const wanted = { service: service.name, operation: 'book', payload: {}, timeout: 300, retries: 1 };
    const { reply, envelope } = await ask(wanted);
    expect([reply.status, envelope.error?.code, envelope.error?.attempts]).toEqual([504, 'TIMEOUT', 2]);
    expect(await statusOf(api, envelope.id)).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'TIMEOUT' },
    });
  });

  it('is handed over at the gateway’s limit, and completed later, by the same try', async () => {
    const service = await servers.service((response, request) => {
      setTimeout(() => json({ late: true })(response, request), 28_000);
    });
    const began = performance.now();
    const { reply } = await ask({ service: service.name, operation: 'book', payload: {}, timeout: 60_000 });
    const { requestId, statusUrl } = accepted(reply);
    expect(performance.now() - began).toBeGreaterThan(24_000);
    expect(performance.now() - began).toBeLessThan(29_000);
    expect(statusUrl).toBe(`/api/v1/requests/${requestId}/status`);
    expect(await statusOf(api, requestId)).toMatchObject({ status: 'processing', attempts: 1 });
    expect(await endedRequest(api, requestId)).toMatchObject({
      status: 'completed',
      attempts: 1,
      result: { late: true },
    });
    expect(service.requests).toHaveLength(1);
  });

  it('is handed over between its tries, and goes on', async () => {
    const service = await servers.service(failing(5, answer(503)), { breaker: { failureThreshold: 100 } });
    const { reply } = await ask({ service: service.name, operation: 'book', payload: {}, retries: 5 });
    const { requestId } = accepted(reply);
    expect(await endedRequest(api, requestId)).toMatchObject({ status: 'completed', attempts: 6 });
    expect(service.requests).toHaveLength(6);
    expect(keysOf(service.requests).size).toBe(1);
  });

  it('is refused at once by an open breaker, once', async () => {
    const service = await servers.service(echo);
    await setBreaker(api, service.name, 'open');
    const { reply, envelope } = await ask({ service: service.name, operation: 'book', payload: {} });
    expect([reply.status, envelope.error?.code, envelope.error?.attempts]).toEqual([503, 'SERVICE_UNAVAILABLE', 1]);
    expect(envelope.error?.message).toContain(service.name);
    expect(service.accepted()).toBe(0);
  });
});

describe.concurrent('a request', () => {
  it.each([
    ['nothing', {}, ['operation', 'payload', 'service']],
    ['a service’s name that leads elsewhere', { service: '../x' }, ['service']],
    ['an operation’s name that leads elsewhere', { operation: 'a/b' }, ['operation']],
    ['times out of range', { timeout: 0, retries: 11 }, ['retries', 'timeout']],
    ['times that are too long', { timeout: 300_001, retries: -1 }, ['retries', 'timeout']],
    ['a mode that there is not', { mode: 'later' }, ['mode']],
    ['a field that there is not', { priority: 1 }, ['priority']],
    ['a callback address that may not be called', { callbackUrl: 'http://localhost:1/' }, ['callbackUrl']],
  ])('with %s is refused with the path of each fault', async (what, part, paths) => {
    const wanted = { service: 'nobody', operation: 'book', payload: {}, ...part };
    const { reply } = await ask(what === 'nothing' ? part : wanted);
    expectFaults(reply, paths);
  });

  it('of a service that nobody registered, or that is our own, is 404', async () => {
    const wanted = { operation: 'book', payload: {} };
    const unknown = await ask({ ...wanted, service: 'nobody-knows-it' });
    expect(expectRefusal(unknown.reply, 404, 'SERVICE_NOT_FOUND')).toContain('nobody-knows-it');
    expectRefusal((await ask({ ...wanted, service: 'agent-service' })).reply, 404, 'NOT_FOUND');
  });

  it('that is too large is 413', async () => {
    const { reply } = await ask({ service: 'x', operation: 'book', payload: 'x'.repeat(256 * 1024) });
    expectRefusal(reply, 413, 'PAYLOAD_TOO_LARGE');
  });

  it('that nobody knows is 404', async () => {
    const path = '/requests/req_01J00000000000000000000000';
    expectRefusal(await api.call(`${path}/status`), 404, 'NOT_FOUND');
    expectRefusal(await api.call(`${path}/deliveries`), 404, 'NOT_FOUND');
    expectFaults(await api.call('/requests/nonsense/status'), ['requestId']);
  });

  it('is in the list, without its result', async () => {
    const service = await servers.service(json({ fine: true }));
    const { envelope } = await ask({ service: service.name, operation: 'book', payload: {} });
    const { items } = await api.data<{ items: ListedRequest[] }>('/requests?status=completed&limit=100');
    const found = items.find(({ requestId }) => requestId === envelope.id);
    expect(found).toMatchObject({ status: 'completed', service: service.name, operation: 'book', mode: 'sync' });
    expect(found).not.toHaveProperty('result');
    const all = await api.data<{ items: ListedRequest[] }>('/requests?limit=100');
    expect(all.items.map(({ requestId }) => requestId)).toContain(envelope.id);
  });
});
