import { randomUUID } from 'node:crypto';
import { platform } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, jsonOf } from '../support/cloud/api-client.ts';
import { accepted, endedRequest, receiver, statusOf, toldBy } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { killFunction } from '../support/cloud/killed-function.ts';
import { testService } from '../support/cloud/test-service.ts';
import type { Behaviour, FaultServer } from '../support/outgoing/fault-server.ts';
import { hang, json } from '../support/outgoing/fault-server.ts';
import { isDrill } from '../support/seeds.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const api = new ApiClient(cloud.apiKey);
const reason = () => {
  if (!isDrill) return 'it takes minutes: npm run test:drills';
  return platform() === 'linux' && cloud.pid !== null ? undefined : 'nobody here can kill a Lambda';
};
beforeEach((context) => skipAloud(context, reason()));

async function untilCalled({ requests }: FaultServer): Promise<void> {
  await waitFor(() => requests[0], { everyMs: 20, limitMs: 30_000 });
  expect(requests).toHaveLength(1);
}

/** Never answers the first call. */
function firstHangs(): Behaviour {
  let calls = 0;
  return (response, request) => {
    calls += 1;
    (calls === 1 ? hang : json({ booked: 7 }))(response, request);
  };
}

describe('a request whose worker is killed in mid-call', { timeout: 240_000 }, () => {
  it('is found by the sweep and goes on: the lost try counts, no callback is skipped', async () => {
    const [service, hook] = [await testService(api, firstHangs()), await receiver()];
    const wanted = { service: service.name, operation: 'book', payload: {}, timeout: 4000, callbackUrl: hook.url };
    const { requestId } = accepted(await api.post('/requests', wanted));
    await untilCalled(service);
    expect(killFunction('RequestTries')).toBeGreaterThan(0);
    expect(await endedRequest(api, requestId, 180_000)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(new Set(service.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    await waitFor(() => hook.taken.length >= 2 || undefined, { everyMs: 100, limitMs: 90_000 });
    expect(hook.taken.map((one) => toldBy(one).status)).toEqual(['processing', 'completed']);
  });

  it('while its caller waits, is handed over, and fails where it had no other try', async () => {
    const service = await testService(api, hang);
    const wanted = { service: service.name, operation: 'book', payload: {}, timeout: 4000, retries: 0 };
    const replied = api.post('/requests', wanted);
    await untilCalled(service);
    expect(killFunction('RunRequest')).toBeGreaterThan(0);
    const { requestId } = accepted(await replied);
    expect(await statusOf(api, requestId)).toMatchObject({ status: 'processing', attempts: 1 });
    const ended = await endedRequest(api, requestId, 180_000);
    expect(ended).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'INTERNAL_ERROR' } });
    expect(service.requests).toHaveLength(1);
  });
});

describe('a request whose own call is killed', { timeout: 240_000 }, () => {
  it('is met by the same Idempotency-Key, once its key is free: one request, one call of the service', async () => {
    const service = await testService(api, (response, request) => {
      setTimeout(() => json({ booked: 7 })(response, request), 3000);
    });
    const wanted = { service: service.name, operation: 'book', payload: {} };
    const headers = { 'idempotency-key': randomUUID() };
    const cutOff = api.post('/requests', wanted, headers);
    await untilCalled(service);
    expect(killFunction('RequestsApi')).toBeGreaterThan(0);
    expect((await cutOff).status).toBeGreaterThanOrEqual(500);
    const refusals: number[] = [];
    const again = await waitFor(
      async () => {
        const reply = await api.post('/requests', wanted, headers);
        if (reply.status !== 409) return reply;
        refusals.push(reply.status);
        return undefined;
      },
      { everyMs: 1000, limitMs: 90_000 },
    );
    expect([again?.status, again && (jsonOf(again) as { data: unknown }).data]).toEqual([200, { booked: 7 }]);
    expect(refusals.length).toBeGreaterThan(0);
    expect(service.requests).toHaveLength(1);
  });
});
