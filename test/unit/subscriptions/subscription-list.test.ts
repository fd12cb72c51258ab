import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../functions/contracts/api/subscription.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { subscriptionApi } from '../../support/subscriptions/subscription-api.ts';
import { sampleSubscription } from '../../support/subscriptions/subscription-samples.ts';

captureLogLines();

describe('the list of subscriptions', () => {
  const filled = async (count: number) => {
    const api = subscriptionApi();
    for (let index = 0; index < count; index += 1) {
      const createdAt = `2026-08-19T10:00:0${Math.floor(index / 2)}.000Z`;
      const state = { isPaused: index % 2 === 1, isReady: index > 3 };
      await api.store.create(sampleSubscription({ createdAt, subscriptionId: `sub_${index}` }, state));
    }
    const list = async (query: Record<string, string>) => {
      const { json } = await api.call('GET', '', { query });
      const { items, nextCursor } = json.data as { items: Subscription[]; nextCursor: string | null };
      return { ids: items.map(({ subscriptionId }) => subscriptionId), nextCursor };
    };
    return { ...api, list };
  };

  it('is the newest first, page by page, and one that is made or ended meanwhile moves no other', async () => {
    const { list, store } = await filled(7);
    const first = await list({ limit: '3' });
    await store.create(sampleSubscription({ subscriptionId: 'sub_new', createdAt: '2026-08-20T00:00:00.000Z' }));
    await store.change('sub_5', { isEnding: true });
    await store.change('sub_2', { isEnding: true });
    const second = await list({ limit: '3', cursor: first.nextCursor ?? '' });
    expect([first.ids, second.ids, second.nextCursor]).toEqual([
      ['sub_6', 'sub_5', 'sub_4'],
      ['sub_3', 'sub_1', 'sub_0'],
      null,
    ]);
  });

  it.each([
    ['paused', ['sub_5', 'sub_3', 'sub_1']],
    ['active', ['sub_6', 'sub_4']],
    ['pending', ['sub_2', 'sub_0']],
  ])('is of those that are %s, if so asked', async (status, ids) => {
    const { list } = await filled(7);
    expect(await list({ status })).toEqual({ ids, nextCursor: null });
    const first = await list({ status, limit: '1' });
    expect((await list({ status, limit: '9', cursor: first.nextCursor ?? '' })).ids).toEqual(ids.slice(1));
  });

  it.each([{ status: 'ended' }, { limit: '0' }, { limit: '101' }, { cursor: 'x' }, { eventType: '*' }])(
    'refuses %j',
    async (query) => {
      const { status, json } = await subscriptionApi().call('GET', '', { query });
      expect([status, json.error.details]).toMatchObject([400, [{ path: Object.keys(query)[0] }]]);
    },
  );
});
