import { describe, expect, it } from 'vitest';
import { MAX_SUBSCRIPTIONS } from '../../../functions/subscriptions/adapters/subscription-store.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { SUBSCRIBE, subscriptionApi } from '../../support/subscriptions/subscription-api.ts';
import { HOOK, sampleSubscription } from '../../support/subscriptions/subscription-samples.ts';

captureLogLines();

const refusal = async (body: object) => {
  const { subscribe, rows, calls } = subscriptionApi();
  const { status, json } = await subscribe(body);
  expect([status, json.error?.code, rows.size, calls]).toEqual([400, 'VALIDATION_ERROR', 0, []]);
  return json.error.details ?? [];
};
const pathsOf = async (body: object) => (await refusal(body)).map(({ path }) => path);

describe('a subscription is refused', () => {
  it.each(['', '**', '*.placed', 'order.*.placed', 'order placed', 'order.placed*x', 'ö', 't'.repeat(129), 5, null])(
    'whose type is %j',
    async (eventType) => {
      expect(await pathsOf({ eventType })).toContain('eventType');
    },
  );

  it.each([0, 11, -1, 1.5, '3', null])('that wants %j tries', async (maxAttempts) => {
    expect(await pathsOf({ retryPolicy: { maxAttempts } })).toEqual(['retryPolicy.maxAttempts']);
  });

  it.each([
    ['no url', { target: {} }, 'target.url'],
    ['no target', { target: undefined }, 'target'],
    ['an empty url', { target: { url: '' } }, 'target.url'],
    ['a url that is too long', { target: { url: `${HOOK}/${'x'.repeat(2048)}` } }, 'target.url'],
    ['a filter that is a list', { filter: [] }, 'filter'],
    ['a filter that is null', { filter: null }, 'filter'],
    ['something else for the dead letters', { deadLetterQueue: 'yes' }, 'deadLetterQueue'],
    ['a field that nobody knows', { secret: 'mine' }, 'secret'],
    ['a field that nobody knows, deeper', { target: { url: HOOK, method: 'PUT' } }, 'target.method'],
  ])('that has %s', async (_what, body, path) => {
    expect(await pathsOf(body)).toEqual([path]);
  });

  it.each(['http://receiver.example', 'https://10.0.0.1', 'https://user@receiver.example', 'http://localhost:1', 'x'])(
    'whose address may not be called: %s',
    async (url) => {
      expect(await refusal({ target: { url } })).toEqual([{ path: 'target.url', message: expect.any(String) }]);
    },
  );

  it('whose filter names nothing: it would match nothing or everything', async () => {
    expect(await refusal({ filter: {} })).toEqual([{ path: 'filter', message: 'names no field' }]);
  });

  it('whose filter EventBridge does not take, with its reason', async () => {
    expect(await refusal({ filter: { color: 'red' } })).toEqual([
      { path: 'filter', message: 'is no pattern to EventBridge: Event pattern is not valid. Reason: no array' },
    ]);
  });

  it('whose pattern is longer than EventBridge takes, and not one character earlier', async () => {
    const { subscribe } = subscriptionApi();
    const around = '{"detail-type":["order.placed"],"detail":{"data":{"a":[""]}}}'.length;
    const filter = (length: number) => ({ a: ['x'.repeat(length - around)] });
    expect((await subscribe({ filter: filter(2048) })).status).toBe(201);
    expect(await refusal({ filter: filter(2049) })).toEqual([
      { path: 'filter', message: 'makes a pattern of 2049 characters, and EventBridge takes 2048' },
    ]);
  });

  it('with all its faults at once', async () => {
    const faults = await refusal({ target: { url: 'https://10.0.0.1' }, filter: {} });
    expect(faults.map(({ path }) => path)).toEqual(['target.url', 'filter']);
    expect(await pathsOf({ eventType: '', retryPolicy: { maxAttempts: 0 } })).toEqual([
      'eventType',
      'retryPolicy.maxAttempts',
    ]);
  });

  it('without the scope', async () => {
    const { subscribe, rows } = subscriptionApi();
    expect((await subscribe({}, { scopes: 'read,admin' })).status).toBe(403);
    expect(rows.size).toBe(0);
  });

  it('where there are too many already, until one has gone', async () => {
    const { subscribe, store, calls } = subscriptionApi();
    const samples = Array.from({ length: MAX_SUBSCRIPTIONS }, () => sampleSubscription());
    for (const one of samples) await store.create(one);
    const { status, json } = await subscribe();
    expect([status, json.error.code, json.error.message]).toEqual([
      409,
      'LIMIT_EXCEEDED',
      'There are 250 subscriptions already; end one first.',
    ]);
    expect(calls).toEqual([]);
    await store.remove(samples[7]?.subscriptionId ?? '');
    expect((await subscribe()).status).toBe(201);
  });

  it('by an error of its own where EventBridge cannot be asked', async () => {
    const { subscribe, bridge, rows } = subscriptionApi();
    bridge.around = () => Promise.reject(new Error('Rate exceeded'));
    const { status, json } = await subscribe({ filter: { color: ['red'] } });
    expect([status, json.error.code, rows.size]).toEqual([500, 'INTERNAL_ERROR', 0]);
    expect(JSON.stringify(json)).not.toContain('Rate');
    expect((await subscribe(SUBSCRIBE)).status).toBe(201);
  });
});
