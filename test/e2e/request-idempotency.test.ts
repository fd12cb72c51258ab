import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ApiClient, expectFaults, expectRefusal, jsonOf } from '../support/cloud/api-client.ts';
import { accepted, endedRequest, sharedServers } from '../support/cloud/callbacks.ts';
import { cloud, newKey } from '../support/cloud/cloud.ts';
import { echo, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const withKey = (key: string) => ({ 'idempotency-key': key });
const bookingOf = (service: string, more = {}) => ({ service, operation: 'book', payload: { seat: 7 }, ...more });

describe.concurrent('a request under an Idempotency-Key', () => {
  it('is another one each time without a key', async () => {
    const service = await servers.service(echo);
    const ids = [1, 2].map(async () => jsonOf(await api.post('/requests', bookingOf(service.name))) as { id: string });
    const [one, other] = await Promise.all(ids);
    expect(one?.id).not.toBe(other?.id);
    expect(service.requests).toHaveLength(2);
  });

  it.each([
    ['a success', json({ booked: 7 }), 200],
    ['a failure', json({ code: 'NO_SEAT' }, 409), 502],
  ])('gives %s again, and calls the service once', async (_, behaviour, status) => {
    const service = await servers.service(behaviour);
    const headers = withKey(randomUUID());
    const [first, again] = [
      await api.post('/requests', bookingOf(service.name), headers),
      await api.post('/requests', bookingOf(service.name), headers),
    ].map((reply) => ({ ...(jsonOf(reply) as { id: string; data?: unknown; error?: object }), status: reply.status }));
    expect(first?.status).toBe(status);
    expect([again?.status, again?.id, again?.data]).toEqual([status, first?.id, first?.data]);
    expect({ ...again?.error, responseTime: 0 }).toEqual({ ...first?.error, responseTime: 0 });
    expect(service.requests).toHaveLength(1);
  });

  it('sent 20 times at once, is one request; the others hear of it or that it runs', async () => {
    const service = await servers.service((response, request) => {
      setTimeout(() => json({ booked: 7 })(response, request), 500);
    });
    const headers = withKey(randomUUID());
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/requests', bookingOf(service.name), headers)),
    );
    const done = replies.filter(({ status }) => status === 200);
    expect(new Set(done.map((reply) => (jsonOf(reply) as { id: string }).id)).size).toBe(1);
    for (const reply of replies.filter(({ status }) => status !== 200)) expectRefusal(reply, 409, 'CONFLICT');
    expect(service.requests).toHaveLength(1);
  });

  it('is one where nobody waits, too', async () => {
    const service = await servers.service(json({ booked: 7 }));
    const headers = withKey(`"${randomUUID()}"`);
    const wanted = bookingOf(service.name, { mode: 'async' });
    const [first, again] = [
      accepted(await api.post('/requests', wanted, headers)),
      accepted(await api.post('/requests', wanted, headers)),
    ];
    expect(again).toStrictEqual(first);
    await endedRequest(api, first.requestId);
    expect(service.requests).toHaveLength(1);
  });

  it('is refused with another body, taken from another owner, and refused where the key is malformed', async () => {
    const service = await servers.service(echo);
    const headers = withKey(randomUUID());
    const first = jsonOf(await api.post('/requests', bookingOf(service.name), headers)) as { id: string };
    const other = await api.post('/requests', bookingOf(service.name, { payload: { seat: 8 } }), headers);
    expectRefusal(other, 422, 'IDEMPOTENCY_MISMATCH');
    const stranger = new ApiClient(await newKey('write'));
    const theirs = jsonOf(await stranger.post('/requests', bookingOf(service.name), headers)) as { id: string };
    expect(theirs.id).not.toBe(first.id);
    expectFaults(await api.post('/requests', bookingOf(service.name), withKey('k'.repeat(256))), ['idempotency-key']);
    expect(service.requests).toHaveLength(2);
  });
});
