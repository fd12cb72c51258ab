import { describe, expect, it } from 'vitest';
import type { Breaker } from '../../functions/contracts/api/service.ts';
import { waitFor } from '../../local/process/waiting.ts';
import type { Reply } from '../support/cloud/api-client.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal, jsonOf } from '../support/cloud/api-client.ts';
import { breakerOf, setBreaker, untilBreaker } from '../support/cloud/breaker.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import { testService } from '../support/cloud/test-service.ts';
import { answer, echo, json, raw, reset } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const call = (name: string, operation: string, payload: unknown = {}, headers = {}) =>
  api.post(`/services/${name}/operations/${operation}`, payload, headers);
/** Calls that go through an open breaker because the store was slow to tell: each waits for it 50 ms at most. */
const MAX_LATE = 5;
const QUICK = { failureThreshold: 3, successThreshold: 2, timeout: 1500, monitoringPeriod: 30_000 };

describe('a call of an operation', () => {
  it('goes to the service as the contract says, and gives its result', async () => {
    const service = await testService(api, echo, { path: '/base/' });
    const correlationId = newCorrelationId();
    const reply = await call(service.name, 'book_1', { seat: 'Ж' }, { 'x-correlation-id': correlationId });
    expect(reply.status).toBe(200);
    expect(dataOf(reply)).toMatchObject({ method: 'POST', url: '/base/book_1', body: '{"seat":"Ж"}' });
    const { headers } = service.requests[0] ?? {};
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-correlation-id': correlationId,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/),
      'idempotency-key': expect.stringMatching(/\S/),
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  it("passes on a service's refusal, and does not hold it against the service", async () => {
    const service = await testService(api, json({ code: 'NO_SEAT', message: 'There is none.' }, 422), {
      breaker: QUICK,
    });
    for (let tried = 0; tried < 2 * QUICK.failureThreshold; tried += 1) {
      expectRefusal(await call(service.name, 'book'), 502, 'SERVICE_ERROR', {
        ...{ service: service.name, operation: 'book', httpStatus: 422 },
        ...{ code: 'NO_SEAT', message: 'There is none.' },
      });
    }
    expect(await breakerOf(api, service.name)).toMatchObject({ state: 'closed', failures: 0 });
    expect(service.requests).toHaveLength(2 * QUICK.failureThreshold);
  });

  it.each([
    ['answers 500', json({ code: 'OOPS', message: 'No.' }, 500)],
    ['answers HTML', answer(200, '<html>', { 'content-type': 'text/html' })],
    ['resets', reset],
    ['answers half', raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a"')],
    ['answers too much', answer(200, `"${'x'.repeat(1_048_576)}"`)],
    ['sends elsewhere', answer(302, '', { location: 'http://127.0.0.1:1/' })],
  ])('counts as a failure where the service %s', async (_, behaviour) => {
    const service = await testService(api, behaviour);
    const reply = await call(service.name, 'book');
    const { error } = jsonOf(reply) as { error: { code: string; details: object; message: string } };
    expect([reply.status, error.code]).toEqual([502, 'SERVICE_ERROR']);
    expect(error.details).toMatchObject({ service: service.name, operation: 'book' });
    expect(await breakerOf(api, service.name)).toMatchObject({ state: 'closed', failures: 1 });
  });

  it.each([['a%2Fb'], ['..'], ['%2e%2e'], ['a?b=c'], ['ö'], ['a'.repeat(65)]])(
    'reaches no other place by its name: %s',
    async (operation) => {
      const service = await testService(api, echo);
      const reply = await call(service.name, operation);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.status).toBeLessThan(500);
      expect(service.accepted()).toBe(0);
    },
  );

  it('takes an object', async () => {
    const service = await testService(api, echo);
    expectFaults(await call(service.name, 'book', [1]), ['body']);
    expect(service.accepted()).toBe(0);
  });
});

describe('the breaker of a service', () => {
  it('opens after its failures, refuses, lets one call try, and closes again', async () => {
    const service = await testService(api, answer(503), { breaker: QUICK });
    for (let failures = 1; failures <= QUICK.failureThreshold; failures += 1) {
      expectRefusal(await call(service.name, 'book'), 502, 'SERVICE_ERROR', {
        ...{ service: service.name, operation: 'book', httpStatus: 503 },
      });
      // A busy machine may answer the call before the store has answered it.
      await untilBreaker(api, service.name, (breaker) => breaker.failures === failures, 5000);
    }
    const opened = await breakerOf(api, service.name);
    expect(opened).toMatchObject({ state: 'open', failures: 3, config: QUICK });
    const refused = await untilRefused(service.name);
    const details = { service: service.name, retryAt: opened.retryAt };
    expect(expectRefusal(refused, 503, 'SERVICE_UNAVAILABLE', details)).toContain(service.name);
    const failed = service.requests.length;
    expect(failed).toBeLessThanOrEqual(QUICK.failureThreshold + MAX_LATE);

    service.behave(json({ fine: true }));
    await new Promise((resolve) => setTimeout(resolve, QUICK.timeout));
    await untilThrough(service.name);
    expect(await breakerOf(api, service.name)).toMatchObject({ state: 'half-open' });
    await untilThrough(service.name);
    const closed = await breakerOf(api, service.name);
    expect(closed).toMatchObject({ state: 'closed', failures: 0 });
    expect(closed).not.toHaveProperty('retryAt');
    expect(closed.transitions.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'half-open closed',
      'open half-open',
      'closed open',
    ]);
    const isTold = ({ metrics }: Breaker) => metrics.success === 2 && metrics.error === failed;
    const { metrics } = await untilBreaker(api, service.name, isTold, 15_000);
    expect(metrics.rejected).toBeGreaterThan(0);
  });

  it('obeys a hand, until the hand lets go', async () => {
    const service = await testService(api, echo, { breaker: QUICK });
    expect(await setBreaker(api, service.name, 'open')).toMatchObject({
      state: 'open',
      reason: expect.stringMatching(/test/),
    });
    await new Promise((resolve) => setTimeout(resolve, QUICK.timeout));
    expectRefusal(await call(service.name, 'book'), 503, 'SERVICE_UNAVAILABLE', { service: service.name });
    expect(service.requests).toHaveLength(0);
    await setBreaker(api, service.name, 'closed');
    expect((await call(service.name, 'book')).status).toBe(200);
    expectFaults(await api.post(`/services/${service.name}/breaker`, { state: 'half-open' }), ['state']);
  });
});

/** A call whose store does not answer at once goes through, whatever the breaker's state. */
async function untilRefused(name: string): Promise<Reply> {
  for (let late = 0; ; late += 1) {
    const reply = await call(name, 'book');
    if (reply.status !== 502 || late === MAX_LATE) return reply;
  }
}

/**
 * Where the store does not say at once whose turn it is to try, a call is refused; the next one may. Should none come to the environment
 * whose turn it is, another may after 37 s: 5 s to begin, the 30 s of the longest call, 2 s for the clocks.
 */
async function untilThrough(name: string): Promise<void> {
  const status = async () => ((await call(name, 'book')).status === 200 ? true : undefined);
  expect(await waitFor(status, { everyMs: 100, limitMs: 45_000 })).toBe(true);
}
