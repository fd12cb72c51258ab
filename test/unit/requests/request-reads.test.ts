import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../../functions/shared/platform/ids.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { requestApi } from '../../support/requests/request-api.ts';
import { CALLBACK } from '../../support/requests/request-samples.ts';
import { failing } from '../../support/requests/request-world.ts';

memoryTable();
captureLogLines();

let on: ReturnType<typeof requestApi>;
beforeEach(() => {
  on = requestApi();
});
afterEach(() => {
  vi.useRealTimers();
});

const iso = (ms: number) => new Date(ms).toISOString();
const made = async (fields: object = { mode: 'async' }) =>
  ((await on.create(fields)).json.data as { requestId: string }).requestId;
const statusOf = async (requestId: string) => on.call('GET', `/${requestId}/status`);

describe('the status of a request', () => {
  it('is told from its beginning to 5 minutes after its end', async () => {
    on.world.plan = () => ({ ms: 1000, give: null });
    const began = on.world.time.now;
    const requestId = await made();
    const of = { requestId, createdAt: iso(began) };
    expect((await statusOf(requestId)).json.data).toEqual({
      ...of,
      status: 'pending',
      attempts: 0,
      updatedAt: iso(began),
    });
    await on.world.time.run(500);
    const processing = { ...of, status: 'processing', attempts: 1, updatedAt: iso(began) };
    expect((await statusOf(requestId)).json.data).toEqual(processing);
    await on.world.time.run(500);
    const ended = began + 1000;
    const times = { updatedAt: iso(ended), expiresAt: iso(ended + 300_000) };
    const completed = { ...of, status: 'completed', attempts: 1, result: null, ...times };
    expect((await statusOf(requestId)).json.data).toEqual(completed);
    await on.world.time.run(ended + 299_999 - on.world.time.now);
    expect((await statusOf(requestId)).status).toBe(200);
    await on.world.time.run(1);
    const { status, json } = await statusOf(requestId);
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('that failed says why, and no details', async () => {
    on.world.plan = () => ({ fail: failing(false) });
    const requestId = await made();
    await on.world.time.run(1000);
    const error = { code: 'SERVICE_ERROR', message: 'It failed.' };
    const { data } = (await statusOf(requestId)).json;
    expect(data).toMatchObject({ status: 'failed', error });
    expect(data).not.toHaveProperty('error.details');
    expect(data).not.toHaveProperty('result');
  });

  it('of none is 404, and of what is no id 400', async () => {
    expect((await statusOf(newId('req'))).status).toBe(404);
    const { status, json } = await statusOf('req_1');
    expect([status, json.error.details?.[0]?.path]).toEqual([400, 'requestId']);
  });
});

describe('the list of requests', () => {
  const list = async (query: Record<string, string>) => (await on.call('GET', '', { query })).json;
  const page = async (query: Record<string, string>) =>
    (await list(query)).data as { items: { requestId: string }[]; nextCursor: string | null };

  it('leads through all of them, newest first, without results', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift(await made());
      await on.world.time.run(1000);
    }
    const first = await page({ limit: '2' });
    const second = await page({ limit: '2', cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ requestId }) => requestId)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const fields = { status: 'completed', service: 'billing', operation: 'book', mode: 'async', attempts: 1 };
    expect(first.items[0]).toMatchObject(fields);
    expect(first.items[0]).not.toHaveProperty('result');
    expect(first.items[0]).not.toHaveProperty('callbackUrl');
  });

  it('has those of one status, and none that is gone', async () => {
    const done = await made();
    await on.world.time.run(1000);
    on.world.plan = () => ({ fail: failing(false) });
    const lost = await made();
    await on.world.time.run(1000);
    const ids = async (status: string) => (await page({ status })).items.map(({ requestId }) => requestId);
    expect([await ids('completed'), await ids('failed'), await ids('pending')]).toEqual([[done], [lost], []]);
    await on.world.time.run(300_000);
    expect((await page({})).items).toEqual([]);
  });

  it.each([
    ['status', { status: 'accepted' }],
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['cursor', { cursor: 'x' }],
    ['service', { service: 'billing' }],
  ])('refuses a wrong %s', async (path, query) => {
    expect((await list(query as Record<string, string>)).error.details?.map((one) => one.path)).toEqual([path]);
  });

  it('refuses the cursor of another status', async () => {
    for (let count = 0; count < 2; count += 1) await made();
    const { nextCursor } = await page({ limit: '1' });
    expect((await list({ status: 'pending', cursor: nextCursor ?? '' })).error.code).toBe('VALIDATION_ERROR');
  });
});

describe('the deliveries of a request', () => {
  const deliveries = (requestId: string) => on.call('GET', `/${requestId}/deliveries`);

  it('are told in order, also when the request is gone', async () => {
    const requestId = await made({ callbackUrl: CALLBACK });
    await on.world.time.run(400_000);
    expect((await statusOf(requestId)).status).toBe(404);
    const { status, json } = await deliveries(requestId);
    expect(status).toBe(200);
    const item = (seq: number) => ({ deliveryId: `${requestId}-${seq}`, webhookId: `msg_${requestId}-${seq}` });
    expect(json.data).toMatchObject({
      items: [
        { ...item(1), status: 'pending', attempts: [], body: { requestId, status: 'processing' } },
        { ...item(2), status: 'pending', body: { requestId, status: 'completed', result: { booked: true } } },
      ],
    });
  });

  it('are none of a request without an address, and 404 of none', async () => {
    const requestId = await made();
    expect((await deliveries(requestId)).json.data).toEqual({ items: [] });
    expect((await deliveries(newId('req'))).status).toBe(404);
    await on.world.time.run(400_000);
    expect((await deliveries(requestId)).status).toBe(404);
  });

  it('are sent again under the same ids', async () => {
    const requestId = await made({ callbackUrl: CALLBACK });
    await on.world.time.run(1000);
    const row = on.world.deliveries.streams.get(requestId);
    const first = row?.deliveries.get(1);
    row?.deliveries.set(1, { ...(first as NonNullable<typeof first>), status: 'exhausted', exhaustions: 1, tries: 7 });
    on.world.kicks.length = 0;
    const { status, json } = await on.call('POST', `/${requestId}/deliveries/${requestId}-1/replay`);
    const again = { deliveryId: `${requestId}-1`, webhookId: `msg_${requestId}-1`, status: 'pending' };
    expect([status, json.data]).toMatchObject([202, again]);
    expect([on.world.kicks, row?.deliveries.get(1)?.tries]).toEqual([[requestId], 0]);
  });

  it('are 404 where there is none to send again', async () => {
    const [with_, without] = [await made({ callbackUrl: CALLBACK }), await made()];
    for (const requestId of [with_, without, newId('req')]) {
      const { status, json } = await on.call('POST', `/${requestId}/deliveries/${requestId}-9/replay`);
      expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});
