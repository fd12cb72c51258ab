import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UNTOUCHED } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { requestApi } from '../../support/requests/request-api.ts';
import { CALLBACK } from '../../support/requests/request-samples.ts';
import { failing } from '../../support/requests/request-world.ts';

const kept = memoryTable();
captureLogLines();

let on: ReturnType<typeof requestApi>;
beforeEach(() => {
  kept.items.clear();
  on = requestApi();
});
afterEach(() => {
  vi.useRealTimers();
});

const KEY = { 'Idempotency-Key': 'k' };
type Answer = Awaited<ReturnType<typeof on.create>>;
/** Without the times, which are of each call. */
const said = ({ status, json }: Answer) => {
  const { responseTime: _, ...error } = (json.error ?? {}) as Record<string, unknown>;
  return { status, id: json.id, data: json.data, error, attempt: (json.metadata as { attempt: number }).attempt };
};

describe('the same Idempotency-Key', () => {
  it('gives a success again, with its id and its tries', async () => {
    on.world.plan = (tried) => (tried < 2 ? { fail: failing(true) } : { give: { seat: 9 } });
    const first = await on.create({}, KEY);
    const second = await on.create({}, KEY);
    expect(said(first)).toMatchObject({ status: 200, data: { seat: 9 }, attempt: 2 });
    expect(said(second)).toEqual(said(first));
    expect([on.world.tries.length, on.world.requests.all().length]).toEqual([2, 1]);
  });

  it('gives a failure again, with its id and its tries', async () => {
    on.world.plan = () => ({ fail: failing(true) });
    const first = await on.create({ retries: 1 }, KEY);
    const second = await on.create({ retries: 1 }, KEY);
    expect(said(first)).toMatchObject({ status: 502, error: { code: 'SERVICE_ERROR', attempts: 2 }, attempt: 2 });
    expect(said(second)).toEqual(said(first));
    expect([second.headers['x-request-id'], on.world.tries.length]).toEqual([first.json.id, 2]);
  });

  it('meets its request also where nothing of the kind would be taken any more', async () => {
    const first = await on.create({}, KEY);
    kept.items.clear();
    on.broken.services = { find: async () => ({ breaker: UNTOUCHED }) };
    expect(said(await on.create({}, KEY))).toEqual(said(first));
    expect((await on.create({ payload: { seat: 2 } })).status).toBe(404);
  });

  it('gives an acceptance again, whatever has come of it', async () => {
    const first = await on.create({ callbackUrl: CALLBACK }, KEY);
    await on.world.settle();
    expect(said(await on.create({ callbackUrl: CALLBACK }, KEY))).toEqual(said(first));
    expect(on.world.requests.all()).toHaveLength(1);
  });

  it('is refused for another request', async () => {
    await on.create({}, KEY);
    const { status, json } = await on.create({ retries: 2 }, KEY);
    expect([status, json.error.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('keeps no refusal: the mended request is taken', async () => {
    expect((await on.create({ service: 'unknown' }, KEY)).status).toBe(404);
    expect((await on.create({}, KEY)).status).toBe(200);
  });

  it.each([
    ['ended well', {}, 200],
    ['failed', { fail: failing(false) }, 502],
  ])('where the first call’s answer was lost, meets its request, which has %s', async (_how, plan, status) => {
    on.world.plan = () => plan;
    const first = await on.create({}, KEY);
    kept.items.clear();
    on.world.plan = () => ({ give: 'never asked' });
    expect(said(await on.create({}, KEY))).toEqual(said(first));
    expect([first.status, on.world.tries.length, on.world.requests.all().length]).toEqual([status, 1, 1]);
  });

  it('leads to another request a day later, also while the first one’s row is still there', async () => {
    const first = await on.create({}, KEY);
    kept.items.clear();
    await on.world.time.run(24 * 3_600_000 + 1000);
    const second = await on.create({}, KEY);
    expect([second.status, on.world.requests.all().length]).toEqual([200, 2]);
    expect(second.json.id).not.toBe(first.json.id);
    kept.items.clear();
    expect((await on.create({}, KEY)).json.id).toBe(second.json.id);
  });

  it('answers for a request that cannot be looked at, under its id', async () => {
    on.world.plan = () => ({ ms: 60_000 });
    const find = on.world.requests.find;
    let refusals = 0;
    on.world.requests.find = async (requestId) => {
      if (on.world.tries.length === 0) return find(requestId);
      refusals += 1;
      throw new Error('The table is away.');
    };
    const answer = await on.create({ timeout: 100_000 });
    expect([answer.status, (answer.json.data as { requestId: string }).requestId]).toEqual([202, answer.json.id]);
    expect(refusals).toBeGreaterThan(0);
  });

  it('where the first call died with its runner at work, waits for that one’s end', async () => {
    on.world.plan = () => ({ ms: 8000 });
    on.broken.invoke = async ({ requestId, until }) => {
      on.world.start(requestId, until);
      throw new Error('nobody knows');
    };
    on.broken.order = () => Promise.resolve();
    const first = on.create({}, KEY);
    await on.world.time.run(100);
    kept.items.clear();
    const second = await on.create({}, KEY);
    expect(said(await first)).toEqual(said(second));
    expect([second.status, on.world.tries.length, on.world.requests.all().length]).toEqual([200, 1, 1]);
  });
});
