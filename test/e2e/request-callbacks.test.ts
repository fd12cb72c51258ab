import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectRefusal } from '../support/cloud/api-client.ts';
import type { Receiver } from '../support/cloud/callbacks.ts';
import {
  accepted,
  deliveriesOf,
  endedRequest,
  secretOf,
  sharedServers,
  statusOf,
  toldBy,
  untilDelivered,
  verified,
  webhookIdOf,
} from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import { answer, hang, json, reset } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);

async function submit(client: ApiClient, body: object, headers = {}) {
  return accepted(await client.post('/requests', { operation: 'book', payload: { seat: 7 }, ...body }, headers));
}

/** Waits until so many messages were taken. */
async function untilTaken({ taken }: Receiver, count: number, limitMs = 60_000): Promise<void> {
  await waitFor(() => taken.length >= count || undefined, { everyMs: 50, limitMs });
  expect(taken.length).toBeGreaterThanOrEqual(count);
}

describe.concurrent('a request with a callback address', () => {
  it('is accepted, and every change of its status arrives, signed, in order, with its correlation', async () => {
    const [service, hook, correlationId] = [
      await servers.service(json({ booked: 7 })),
      await servers.receiver(),
      newCorrelationId(),
    ];
    const wanted = { service: service.name, callbackUrl: hook.url, timeout: 1000 };
    const request = await submit(api, wanted, { 'x-correlation-id': correlationId });
    expect(request).toMatchObject({ status: 'accepted', callbackUrl: hook.url });
    // Four tries of a second, and 2 + 4 + 8 s between them.
    const { createdAt } = await statusOf(api, request.requestId);
    const estimateMs = Date.parse(request.estimatedCompletionTime) - Date.parse(createdAt);
    expect(estimateMs).toBeGreaterThanOrEqual(18_000);
    expect(estimateMs).toBeLessThan(25_000);
    await untilTaken(hook, 2);
    const secret = await secretOf(api);
    const { requestId } = request;
    expect(hook.taken.map((one) => verified(secret, one))).toStrictEqual([
      { requestId, status: 'processing', timestamp: expect.any(String) },
      { requestId, status: 'completed', timestamp: expect.any(String), result: { booked: 7 } },
    ]);
    expect(hook.taken.map(({ headers, url }) => [headers['x-correlation-id'], url])).toEqual(
      Array.from({ length: 2 }, () => [correlationId, '/hook?to=me']),
    );
    const deliveries = await untilDelivered(api, requestId, { count: 2 });
    expect(deliveries.map(({ webhookId }) => webhookId)).toEqual(hook.taken.map(webhookIdOf));
    expect(deliveries.map(({ body }) => body)).toEqual(hook.taken.map(toldBy));
    expect(deliveries[0]?.attempts).toEqual([
      { at: expect.any(String), statusCode: 204, durationMs: expect.any(Number) },
    ]);
  });

  it('tells of its failure, and of why', async () => {
    const [service, hook] = [
      await servers.service(json({ code: 'NO_SEAT', message: 'None.' }, 409)),
      await servers.receiver(),
    ];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    await untilTaken(hook, 2);
    expect(toldBy(hook.taken[1] as never)).toMatchObject({
      requestId,
      status: 'failed',
      error: { code: 'SERVICE_ERROR' },
    });
    const { error } = await endedRequest(api, requestId);
    expect(toldBy(hook.taken[1] as never).error).toEqual(error);
  });

  it('whose receiver was down all the while hears of everything once it is back, in order', async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver(reset)];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    await endedRequest(api, requestId);
    await waitFor(() => hook.requests.length >= 2 || undefined, { everyMs: 50, limitMs: 30_000 });
    const before = await deliveriesOf(api, requestId);
    expect(before.map(({ status }) => status)).toEqual(['pending', 'pending']);
    expect(before[1]?.attempts).toEqual([]);
    expect(new Set(hook.requests.map(webhookIdOf))).toEqual(new Set([before[0]?.webhookId]));
    hook.behave(answer(200));
    await untilTaken(hook, 2);
    expect(hook.taken.map((one) => toldBy(one).status)).toEqual(['processing', 'completed']);
    const secret = await secretOf(api);
    for (const one of hook.taken) expect(verified(secret, one)).toMatchObject({ requestId });
    const [first] = await untilDelivered(api, requestId, { count: 2 });
    expect(first?.attempts.length).toBeGreaterThan(2);
    expect(first?.attempts[0]).toEqual({
      at: expect.any(String),
      durationMs: expect.any(Number),
      error: expect.stringMatching(/\S/),
    });
  });

  it('can have a delivery sent again, under the same id', async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver()];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    const [, second] = await untilDelivered(api, requestId, { count: 2 });
    const path = `/requests/${requestId}/deliveries`;
    const replayed = await api.post(`${path}/${second?.deliveryId}/replay`, {});
    expect(replayed.status).toBe(202);
    expect(dataOf(replayed)).toMatchObject({ deliveryId: second?.deliveryId, status: 'pending' });
    await untilTaken(hook, 3);
    expect(webhookIdOf(hook.taken[2] as never)).toBe(second?.webhookId);
    expect(hook.taken[2]?.body).toBe(hook.taken[1]?.body);
    expect(verified(await secretOf(api), hook.taken[2] as never)).toMatchObject({ status: 'completed' });
    expectRefusal(await api.post(`${path}/nobodys/replay`, {}), 404, 'NOT_FOUND');
  });

  it('is not told any more where its receiver answers 410, and says so', async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver(answer(410))];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    const deliveries = await untilDelivered(api, requestId, { count: 2, status: 'exhausted' });
    expect(hook.requests).toHaveLength(1);
    expect(deliveries[0]?.attempts).toMatchObject([{ statusCode: 410 }]);
  });

  it('is given up after the schedule’s end, and the next message has its turn', { timeout: 180_000 }, async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver()];
    hook.behave((response, request) => {
      (toldBy(request).status === 'processing' ? answer(500) : answer(200))(response, request);
    });
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    const standing = async () => {
      const found = await deliveriesOf(api, requestId);
      return found.map(({ status }) => status).join() === 'exhausted,delivered' ? found : undefined;
    };
    const deliveries = await waitFor(standing, { everyMs: 1000, limitMs: 150_000 });
    expect(deliveries?.[0]?.attempts).toHaveLength(6);
    expect(hook.taken.map((one) => toldBy(one).status)).toEqual(['completed']);
  });
});

describe.concurrent('a request that nobody waits for', () => {
  it('needs no callback address', async () => {
    const service = await servers.service(json({ booked: 7 }));
    const request = await submit(api, { service: service.name, mode: 'async' });
    expect(request.callbackUrl).toBeNull();
    expect(await endedRequest(api, request.requestId)).toMatchObject({ status: 'completed', result: { booked: 7 } });
    expect(await deliveriesOf(api, request.requestId)).toEqual([]);
  });

  it('may be waited for although it has one', async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver()];
    const wanted = { service: service.name, operation: 'book', payload: 1, mode: 'sync', callbackUrl: hook.url };
    const reply = await api.post('/requests', wanted);
    expect(reply.status).toBe(200);
    await untilTaken(hook, 2);
  });

  it('makes each of its tries, with the seed’s delays between', async () => {
    const at: number[] = [];
    const service = await servers.service((response, request) => {
      at.push(performance.now());
      (at.length < 3 ? answer(503) : json({ fine: true }))(response, request);
    });
    const { requestId } = await submit(api, { service: service.name, mode: 'async' });
    expect(await endedRequest(api, requestId)).toMatchObject({ status: 'completed', attempts: 3 });
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(1990);
    expect(third - second).toBeGreaterThanOrEqual(3990);
  });

  it('fails where its result is too large to be kept', async () => {
    const service = await servers.service(json('x'.repeat(300_000)));
    const { requestId } = await submit(api, { service: service.name, mode: 'async' });
    expect(await endedRequest(api, requestId)).toMatchObject({
      status: 'failed',
      error: { code: 'RESULT_TOO_LARGE' },
      attempts: 1,
    });
    expect((await statusOf(api, requestId)).result).toBeUndefined();
  });
});

describe.concurrent('a receiver that misbehaves', () => {
  it('by hanging, is tried again, and then gets it under the same id', { timeout: 120_000 }, async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver(hang)];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    await waitFor(() => hook.requests.length >= 1 || undefined, { everyMs: 50, limitMs: 30_000 });
    hook.behave(answer(200));
    const [first] = await untilDelivered(api, requestId, { count: 2 });
    expect(first?.attempts[0]?.durationMs).toBeGreaterThanOrEqual(14_900);
    expect(hook.taken.map((one) => toldBy(one).status)).toEqual(['processing', 'completed']);
  });

  it('by sending elsewhere, is not followed', async () => {
    const elsewhere = await servers.receiver();
    const [service, hook] = [
      await servers.service(json({})),
      await servers.receiver(answer(302, '', { location: elsewhere.url })),
    ];
    const { requestId } = await submit(api, { service: service.name, callbackUrl: hook.url });
    await waitFor(() => hook.requests.length >= 2 || undefined, { everyMs: 50, limitMs: 30_000 });
    expect((await deliveriesOf(api, requestId))[0]?.attempts[0]).toMatchObject({ statusCode: 302 });
    expect(elsewhere.accepted()).toBe(0);
  });
});
