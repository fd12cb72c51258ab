import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../functions/contracts/api/subscription.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { subscriptionApi } from '../../support/subscriptions/subscription-api.ts';
import { HOOK } from '../../support/subscriptions/subscription-samples.ts';

captureLogLines();

const UNKNOWN = 'sub_01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function given() {
  const api = subscriptionApi();
  const { secret, ...subscription } = await api.subscribed({ filter: { color: ['red'] } });
  const { subscriptionId: id } = subscription;
  api.calls.length = 0;
  const get = async () => (await api.call('GET', `/${id}`)).json.data as Subscription;
  const patch = (status: string) => api.call('PATCH', `/${id}`, { body: { status } });
  return { ...api, secret, subscription, id, get, patch };
}

describe('a subscription', () => {
  it('is read as it was made, without its secret, and with what became of its events', async () => {
    const { subscription, id, get, states } = await given();
    expect(await get()).toEqual(subscription);
    await states.note(id, { delivered: true });
    await states.note(id, { delivered: false, error: 'It failed.', exhausted: true });
    expect((await get()).metrics).toEqual({ success: 1, error: 1, lastError: 'It failed.' });
  });

  it('is active once it is ready', async () => {
    const { id, get, store } = await given();
    await store.change(id, { isReady: true });
    expect((await get()).status).toBe('active');
  });

  it.each(['/sub_x', '/none', `/${UNKNOWN.toLowerCase()}`])('%s is no id', async (path) => {
    const { status, json } = await subscriptionApi().call('GET', path);
    expect([status, json.error.details]).toMatchObject([400, [{ path: 'subscriptionId' }]]);
  });
});

describe('a pause', () => {
  it('is answered and seen at once, and a resumption has the keeper look for what was kept', async () => {
    const { id, patch, get, states, calls, rows } = await given();
    const { status, json } = await patch('paused');
    expect([status, (json.data as Subscription).status]).toEqual([200, 'paused']);
    expect([(await get()).status, await states.state(id)]).toEqual(['paused', 'paused']);
    expect(rows.get(id)).not.toHaveProperty('resumedAt');
    calls.length = 0;
    const resumed = await patch('active');
    expect((resumed.json.data as Subscription).status).toBe('pending');
    expect([await states.state(id), calls]).toEqual(['active', [id]]);
    const row = rows.get(id);
    expect([row?.resumedAt, row?.updatedAt]).toEqual([row?.updatedAt, expect.any(String)]);
  });

  it('is the same a second time, and so is a resumption', async () => {
    const { id, patch, calls, rows } = await given();
    expect((await patch('active')).status).toBe(200);
    expect([rows.get(id)?.resumedAt, calls]).toEqual([undefined, []]);
    const first = await patch('paused');
    const second = await patch('paused');
    expect([second.status, second.json.data, calls]).toEqual([200, first.json.data, [id]]);
  });

  it.each(['pending', 'ended', '', 5, null])('is no other status: %j', async (status) => {
    const { id, call, rows } = await given();
    const answer = await call('PATCH', `/${id}`, { body: { status } });
    expect([answer.status, answer.json.error.details]).toMatchObject([400, [{ path: 'status' }]]);
    expect(rows.get(id)?.isPaused).toBe(false);
  });

  it('changes nothing else', async () => {
    const { id, call } = await given();
    const answer = await call('PATCH', `/${id}`, { body: { status: 'paused', eventType: '*' } });
    expect(answer.json.error.details).toEqual([{ path: 'eventType', message: 'is not known here' }]);
  });
});

describe('an end', () => {
  it('is an empty answer, and from then on nothing is there', async () => {
    const { id, call, calls, states, rows } = await given();
    const { status, bytes } = await call('DELETE', `/${id}`);
    expect([status, bytes.byteLength, calls]).toEqual([204, 0, [id]]);
    expect([rows.get(id)?.isEnding, await states.state(id)]).toEqual([true, 'ended']);
    const rest = [
      await call('GET', `/${id}`),
      await call('PATCH', `/${id}`, { body: { status: 'paused' } }),
      await call('POST', `/${id}/test`),
      await call('DELETE', `/${id}`),
    ];
    expect(rest.map(({ json }) => json.error.code)).toEqual(Array(4).fill('NOT_FOUND'));
    expect((await call('GET')).json.data).toEqual({ items: [], nextCursor: null });
  });

  it.each(['PATCH', 'DELETE'])('in mid-call is nothing to change any more: %s', async (method) => {
    const { id, call, store, calls } = await given();
    const { find } = store;
    store.find = async (one) => {
      const found = await find(one);
      await store.remove(one);
      return found;
    };
    const body = method === 'PATCH' ? { body: { status: 'paused' } } : {};
    expect((await call(method, `/${id}`, body)).json.error.code).toBe('NOT_FOUND');
    expect(calls).toEqual([]);
  });

  it('is one also where the keeper cannot be told', async () => {
    const { id, call, patch, broken, rows } = await given();
    broken.keep = new Error('no queue');
    expect((await patch('paused')).status).toBe(200);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(rows.get(id)?.isEnding).toBe(true);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
  ])('of one that nobody knows is none: %s %s', async (method, path) => {
    const body = method === 'PATCH' ? { body: { status: 'active' } } : {};
    const { status, json } = await subscriptionApi().call(method, `/${UNKNOWN}${path}`, body);
    expect([status, json.error.message]).toEqual([404, `There is no subscription ${UNKNOWN}.`]);
  });
});

describe('a test message', () => {
  it('goes out once, signed by the subscription, and its answer tells how it went', async () => {
    const { id, call, sent, secret } = await given();
    const { status, json } = await call('POST', `/${id}/test`, { headers: { 'x-correlation-id': 'corr_t' } });
    expect(sent).toEqual([
      {
        url: HOOK,
        webhookId: expect.stringMatching(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/),
        body: expect.any(String),
        secrets: [secret],
        correlationId: 'corr_t',
      },
    ]);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      type: 'subscription.test',
      subscriptionId: id,
      timestamp: expect.any(String),
    });
    const at = '2026-08-19T10:00:00.000Z';
    const outcome = { webhookId: sent[0]?.webhookId, delivered: true, at, durationMs: 3, statusCode: 200 };
    expect([status, json.data]).toEqual([200, outcome]);
  });

  it('takes no Idempotency-Key', async () => {
    const { id, call, sent } = await given();
    const { status } = await call('POST', `/${id}/test`, { headers: { 'Idempotency-Key': 'k' } });
    expect([status, sent]).toEqual([400, []]);
  });
});
