import { beforeEach, describe, expect, it } from 'vitest';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { NewSubscription } from '../../support/subscriptions/subscription-api.ts';
import { subscriptionApi } from '../../support/subscriptions/subscription-api.ts';
import { HOOK } from '../../support/subscriptions/subscription-samples.ts';

const kept = memoryTable();
const log = captureLogLines();
beforeEach(() => {
  kept.items.clear();
});

const KEY = { headers: { 'Idempotency-Key': 'k' } };
const SECRET = expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/);
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('a subscription that is asked for', () => {
  it('is there, pending, with its secret, and the keeper knows of it', async () => {
    const { subscribe, calls, rows } = subscriptionApi();
    const { status, json } = await subscribe();
    const { subscriptionId } = json.data as NewSubscription;
    expect([status, json.data]).toEqual([
      201,
      {
        subscriptionId: expect.stringMatching(/^sub_[0-9A-HJKMNP-TV-Z]{26}$/),
        eventType: 'order.placed',
        target: { url: HOOK },
        retryPolicy: { maxAttempts: 3 },
        deadLetterQueue: true,
        status: 'pending',
        metrics: { success: 0, error: 0 },
        createdAt: AT,
        updatedAt: AT,
        secret: SECRET,
      },
    ]);
    expect(calls).toEqual([subscriptionId]);
    expect(rows.get(subscriptionId)).toMatchObject({ keyId: 'key_1', maxAttempts: 3, deadLetters: true });
    expect(JSON.stringify([...rows.values()])).not.toContain('whsec_');
  });

  it('has what was asked for', async () => {
    const { subscribed, rows } = subscriptionApi();
    const filter = { color: ['red', { prefix: 'bl' }] };
    const whole = { eventType: 'domain.Task*', filter, retryPolicy: { maxAttempts: 10 }, deadLetterQueue: false };
    const subscription = await subscribed(whole);
    expect(subscription).toMatchObject(whole);
    expect(rows.get(subscription.subscriptionId)).toMatchObject({ filter, maxAttempts: 10, deadLetters: false });
    expect(await subscribed({ retryPolicy: {} })).toMatchObject({ retryPolicy: { maxAttempts: 3 } });
  });

  it.each(['order.placed', 'order*', '*', 'a', 'a:b/c-d_e.f*', `${'t'.repeat(127)}*`])(
    'may be to %s',
    async (eventType) => {
      expect((await subscriptionApi().subscribe({ eventType })).status).toBe(201);
    },
  );

  it('has a secret of its own, which is the one that signs', async () => {
    const { subscribed, secrets } = subscriptionApi();
    const [one, other] = [await subscribed(), await subscribed()];
    expect(one.secret).not.toBe(other.secret);
    expect(await secrets.active(one.subscriptionId)).toEqual([one.secret]);
  });

  it('is answered where the keeper cannot be told: it looks by itself each minute', async () => {
    const { broken, subscribe, rows } = subscriptionApi();
    broken.keep = new Error('no queue');
    expect((await subscribe()).status).toBe(201);
    expect(rows.size).toBe(1);
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'A subscription waits for the next look', reason: 'no queue' }),
    );
  });
});

describe('the secret', () => {
  it('is shown by no other answer, and is in no log line', async () => {
    const { subscribed, call } = subscriptionApi();
    const { subscriptionId: id, secret } = await subscribed();
    const paused = { body: { status: 'paused' } };
    const answers = [await call('GET'), await call('GET', `/${id}`), await call('PATCH', `/${id}`, paused)];
    answers.push(await call('POST', `/${id}/test`), await call('DELETE', `/${id}`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 204]);
    const told = answers.map(({ bytes }) => bytes.toString('utf8')).join() + log.text();
    for (const one of [secret, 'whsec_', '"secret"']) expect(told).not.toContain(one);
  });
});

describe('the same Idempotency-Key', () => {
  it('gives the subscription again with its secret, which the record has not', async () => {
    const { subscribe, rows } = subscriptionApi();
    const first = await subscribe({}, KEY);
    expect(kept.items.size).toBe(1);
    expect(JSON.stringify([...kept.items.values()])).toContain('order.placed');
    expect(JSON.stringify([...kept.items.values()])).not.toMatch(/whsec_|"secret"/);
    const second = await subscribe({}, KEY);
    expect([second.status, second.json.data]).toEqual([201, first.json.data]);
    expect(second.json.data).toMatchObject({ secret: SECRET });
    expect(rows.size).toBe(1);
  });

  it('makes no second one where the first call died before it was recorded', async () => {
    const { subscribe, rows, calls } = subscriptionApi();
    const first = await subscribe({}, KEY);
    kept.items.clear();
    const second = await subscribe({}, KEY);
    expect([second.status, second.json.data, rows.size]).toEqual([201, first.json.data, 1]);
    // Whether the first one had told the keeper, nobody knows.
    expect(calls).toHaveLength(2);
  });

  it('is refused for another subscription, and keeps no refusal', async () => {
    const { subscribe } = subscriptionApi();
    expect((await subscribe({ eventType: '**' }, KEY)).status).toBe(400);
    expect((await subscribe({}, KEY)).status).toBe(201);
    expect((await subscribe({ eventType: 'order.lost' }, KEY)).json.error.code).toBe('IDEMPOTENCY_MISMATCH');
  });
});
