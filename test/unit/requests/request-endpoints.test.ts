import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REQUEST_ID } from '../../../functions/contracts/requests.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { requestApi } from '../../support/requests/request-api.ts';
import { CALLBACK } from '../../support/requests/request-samples.ts';
import { failing } from '../../support/requests/request-world.ts';

memoryTable();
const logs = captureLogLines();

let on: ReturnType<typeof requestApi>;
beforeEach(() => {
  on = requestApi();
});
afterEach(() => {
  vi.useRealTimers();
});

const only = () => on.world.requests.all()[0] as NonNullable<ReturnType<typeof on.world.requests.all>[0]>;

describe('a synchronous request', () => {
  it('gives its result in an envelope of its own id', async () => {
    const { status, json, headers } = await on.create();
    expect([status, json.data]).toEqual([200, { booked: true }]);
    expect(json.id).toMatch(REQUEST_ID);
    expect([headers['x-request-id'], headers['x-correlation-id']]).toEqual([json.id, 'corr_1']);
    expect(json.metadata).toMatchObject({ attempt: 1 });
    const { mode, keyId, timeout, retries, correlationId } = only();
    const expected = ['sync', 'key_1', 30_000, 3, 'corr_1'];
    expect([mode, keyId, timeout, retries, correlationId]).toEqual(expected);
  });

  it.each([null, 0, '', [1], false])('gives it as it is: %j', async (give) => {
    on.world.plan = () => ({ give });
    expect((await on.create()).json.data).toEqual(give);
  });

  it('counts its tries, after 2 and 4 s', async () => {
    on.world.plan = (tried) => (tried < 3 ? { fail: failing(true) } : {});
    const { json } = await on.create();
    expect(json.metadata).toMatchObject({ attempt: 3 });
    const { responseTime } = json.metadata as { responseTime: number };
    expect(responseTime).toBeGreaterThanOrEqual(6030);
    expect(responseTime).toBeLessThan(6500);
  });

  const TIMED_OUT = new AppError('TIMEOUT', 'It took too long.', { retryable: true, details: { service: 'billing' } });
  const OPEN = new AppError('SERVICE_UNAVAILABLE', 'billing is unavailable.', { details: { service: 'billing' } });
  it.each([
    ['SERVICE_ERROR', 502, 1, failing(false)],
    ['SERVICE_ERROR', 502, 4, failing(true)],
    ['TIMEOUT', 504, 4, TIMED_OUT],
    ['SERVICE_UNAVAILABLE', 503, 1, OPEN],
  ])('that fails answers %s %d after %d tries', async (code, status, attempts, fail) => {
    on.world.plan = () => ({ fail });
    const answer = await on.create();
    expect([answer.status, answer.json.id]).toEqual([status, only().requestId]);
    const { message, details } = fail;
    expect(answer.json.error).toMatchObject({ code, message, details, attempts });
    expect(answer.json.metadata).toMatchObject({ attempt: attempts });
  });

  it('whose result is too large answers 502', async () => {
    on.world.plan = () => ({ give: 'x'.repeat(256 * 1024) });
    const { status, json } = await on.create();
    expect([status, json.error.code]).toEqual([502, 'RESULT_TOO_LARGE']);
  });

  it('is handed over at 25 s, goes on, and loses or doubles no try', async () => {
    on.world.plan = () => ({ ms: 40_000 });
    const began = on.world.time.now;
    const { status, json } = await on.create({ timeout: 60_000, retries: 1 });
    expect([status, on.world.time.now - began]).toEqual([202, 25_000]);
    const { requestId } = only();
    expect([json.id, json.data]).toEqual([
      requestId,
      {
        requestId,
        status: 'accepted',
        estimatedCompletionTime: new Date(began + 122_000).toISOString(),
        statusUrl: `/api/v1/requests/${requestId}/status`,
        callbackUrl: null,
      },
    ]);
    expect((await on.call('GET', `/${requestId}/status`)).json.data).toMatchObject({
      status: 'processing',
      attempts: 1,
    });
    await on.world.settle();
    const done = { status: 'completed', attempts: 1, result: { booked: true } };
    expect((await on.call('GET', `/${requestId}/status`)).json.data).toMatchObject(done);
    expect(on.world.tries).toHaveLength(1);
  });

  it('is handed over at once where its next try is later than that', async () => {
    on.world.plan = (tried) => ({ ms: 7000, ...(tried < 3 && { fail: failing(true) }) });
    const began = on.world.time.now;
    // 7 + 2 + 7 + 4 + 7 would end at 27 s; the third try begins at 20 s, and the fourth is not needed.
    expect([(await on.create()).status, on.world.time.now - began]).toEqual([202, 25_000]);
    on.world.plan = () => ({ ms: 22_000, fail: failing(true) });
    const again = on.world.time.now;
    expect((await on.create({ retries: 2 })).status).toBe(202);
    expect(on.world.time.now - again).toBe(25_000);
    on.world.plan = () => ({ ms: 23_500, fail: failing(true) });
    const last = on.world.time.now;
    expect((await on.create({ retries: 1 })).status).toBe(202);
    expect(on.world.time.now - last).toBeLessThan(24_000);
  });

  it('whose runner cannot be called goes on by the queue, and is answered all the same', async () => {
    on.broken.invoke = () => Promise.reject(new Error('too many calls'));
    const { status, json } = await on.create();
    expect([status, json.data, on.world.tries.length]).toEqual([200, { booked: true }, 1]);
    expect(logs.text()).toContain('too many calls');
  });

  it('that nobody makes the tries of is handed over at 25 s', async () => {
    on.broken.invoke = () => Promise.reject(new Error('too many calls'));
    on.broken.order = () => Promise.reject(new Error('no queue'));
    expect((await on.create()).status).toBe(202);
    await on.world.settle();
    expect(only().status).toBe('completed');
  });
});

describe('an asynchronous request', () => {
  it.each([
    [{ callbackUrl: CALLBACK }, CALLBACK],
    [{ callbackUrl: 'http://127.0.0.1:8080/hook' }, 'http://127.0.0.1:8080/hook'],
    [{ mode: 'async' }, null],
  ])('is accepted at once, and goes on by the queue: %j', async (fields, callbackUrl) => {
    const began = on.world.time.now;
    const { status, json } = await on.create(fields);
    const { requestId } = only();
    expect([status, on.world.tries, json.id]).toEqual([202, [], requestId]);
    const estimatedCompletionTime = new Date(began + 134_000).toISOString();
    const statusUrl = `/api/v1/requests/${requestId}/status`;
    expect(json.data).toEqual({ requestId, status: 'accepted', estimatedCompletionTime, statusUrl, callbackUrl });
    await on.world.settle();
    expect([only().status, on.world.bodies(requestId).length]).toEqual(['completed', callbackUrl === null ? 0 : 2]);
  });

  it('is accepted though the queue is not to be had: the sweep finds it', async () => {
    on.broken.order = () => Promise.reject(new Error('no queue'));
    expect((await on.create({ mode: 'async' })).status).toBe(202);
    expect(logs.text()).toContain('A request waits for the sweep');
    await on.world.settle();
    expect(only().status).toBe('completed');
  });
});
