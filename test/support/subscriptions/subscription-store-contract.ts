import { describe, expect, it } from 'vitest';
import { MAX_SUBSCRIPTIONS } from '../../../functions/subscriptions/adapters/subscription-store.ts';
import type { OpenedSubscriptions } from './memory-subscription-store.ts';
import { sampleSubscription } from './subscription-samples.ts';

const RULE_AT = '2026-08-19T10:00:05.000Z';
const LATER = '2026-08-19T10:01:00.000Z';

/** The rules of every SubscriptionStore, and of what senders see of it. @param open an empty one */
export function subscriptionStoreContract(open: () => Promise<OpenedSubscriptions>): void {
  const created = async (...samples: Parameters<typeof sampleSubscription>) => {
    const opened = await open();
    const subscription = sampleSubscription(...samples);
    await opened.store.create(subscription);
    return { ...opened, subscription, id: subscription.subscriptionId };
  };

  describe('a subscription', () => {
    it('is found as it was created, with its filter as deep as that is', async () => {
      const filter = JSON.parse(`${'{"a":'.repeat(40)}["b"]${'}'.repeat(40)}`);
      const { store, subscription, id } = await created({ filter });
      expect(await store.find(id)).toEqual(subscription);
      expect(await store.all()).toEqual([subscription]);
    });

    it('that nobody created is not there', async () => {
      const { store } = await open();
      expect([await store.find('sub_x'), await store.all()]).toEqual([undefined, []]);
      expect(await store.change('sub_x', { isPaused: true })).toBeUndefined();
      await store.remove('sub_x');
      expect(await store.all()).toEqual([]);
    });

    it('is created once, and stays what it was', async () => {
      const { store, subscription, id } = await created();
      expect(await store.create({ ...subscription, url: 'https://other.example' })).toBe('exists');
      expect(await store.find(id)).toEqual(subscription);
    });

    it('is gone once it is removed, and can be removed again', async () => {
      const { store, id } = await created();
      const other = sampleSubscription();
      await store.create(other);
      for (const _ of ['once', 'and again']) await store.remove(id);
      expect([await store.find(id), await store.all()]).toEqual([undefined, [other]]);
    });
  });

  describe('a change', () => {
    it('sets what it names, takes away what it names undefined, and answers what is then', async () => {
      const { store, subscription, id } = await created();
      const ruled = await store.change(id, { ruleAt: RULE_AT, isPaused: true, updatedAt: LATER });
      expect(ruled).toEqual({ ...subscription, ruleAt: RULE_AT, isPaused: true, updatedAt: LATER });
      const done = await store.change(id, { catchUpFrom: undefined, isReady: true });
      const { catchUpFrom: _, ...rest } = { ...ruled, isReady: true };
      expect(done).toEqual(rest);
      expect(await store.find(id)).toEqual(rest);
      expect(await store.change(id, { ruleAt: undefined })).not.toHaveProperty('ruleAt');
    });

    it('about a rule is made only while that is its rule', async () => {
      const { store, id } = await created();
      expect(await store.change(id, { isReady: true }, { ruleAt: RULE_AT })).toBeUndefined();
      await store.change(id, { ruleAt: RULE_AT });
      expect(await store.change(id, { catchUpFrom: LATER }, { ruleAt: RULE_AT })).toMatchObject({ catchUpFrom: LATER });
      expect(await store.change(id, { ruleAt: LATER }, { ruleAt: RULE_AT })).toMatchObject({ ruleAt: LATER });
      expect(await store.change(id, { catchUpFrom: undefined }, { ruleAt: RULE_AT })).toBeUndefined();
      expect(await store.find(id)).toMatchObject({ ruleAt: LATER, catchUpFrom: LATER, isReady: false });
    });

    it('about a resumption is made only while that is the last one', async () => {
      const { store, id } = await created({}, { resumedAt: RULE_AT });
      await store.change(id, { resumedAt: LATER });
      expect(await store.change(id, { resumedAt: undefined }, { resumedAt: RULE_AT })).toBeUndefined();
      expect(await store.change(id, { resumedAt: undefined }, { resumedAt: LATER })).not.toHaveProperty('resumedAt');
    });

    it('may take away the rule that it is about', async () => {
      const { store, id } = await created({}, { ruleAt: RULE_AT });
      expect(await store.change(id, { ruleAt: undefined }, { ruleAt: RULE_AT })).not.toHaveProperty('ruleAt');
      expect(await store.change(id, { ruleAt: undefined }, { ruleAt: RULE_AT })).toBeUndefined();
    });
  });

  describe(`the ${MAX_SUBSCRIPTIONS} that there may be`, () => {
    it('are not passed by calls beside each other, and one that is removed makes room for one', async () => {
      const { store } = await open();
      for (let count = 5; count < MAX_SUBSCRIPTIONS; count += 1) await store.create(sampleSubscription());
      const samples = Array.from({ length: 20 }, () => sampleSubscription());
      const outcomes = await Promise.all(samples.map((one) => store.create(one)));
      expect(outcomes.filter((one) => one === 'created')).toHaveLength(5);
      expect(outcomes.filter((one) => one === 'full')).toHaveLength(15);
      const [first] = await store.all();
      expect(await store.create({ ...sampleSubscription(), subscriptionId: first?.subscriptionId ?? '' })).toBe(
        'exists',
      );
      for (const _ of ['once', 'and again']) await store.remove(first?.subscriptionId ?? '');
      expect(await store.create(sampleSubscription())).toBe('created');
      expect(await store.create(sampleSubscription())).toBe('full');
      expect(await store.all()).toHaveLength(MAX_SUBSCRIPTIONS);
    });
  });

  describe('the last look', () => {
    it('is known once there was one, and is no subscription', async () => {
      const { store } = await open();
      expect(await store.lastKept()).toBeUndefined();
      await store.kept(RULE_AT);
      await store.kept(LATER);
      expect([await store.lastKept(), await store.all()]).toEqual([LATER, []]);
    });
  });

  describe('a sender', () => {
    it('sees a subscription as active, paused or ended, at once', async () => {
      const { store, states, id } = await created();
      const seen = [await states.state(id)];
      for (const change of [{ isPaused: true }, { isPaused: false }, { isPaused: true, isEnding: true }]) {
        await store.change(id, change);
        seen.push(await states.state(id));
      }
      expect([...seen, await states.state('sub_x')]).toEqual(['active', 'paused', 'active', 'ended', 'ended']);
    });

    it('counts what was delivered and what was given up, and says why the last try failed', async () => {
      const { store, states, subscription, id } = await created();
      await states.note(id, { delivered: true });
      await states.note(id, { delivered: false, error: 'one', exhausted: false });
      await states.note(id, { delivered: false, error: 'two', exhausted: true });
      await states.note(id, { delivered: true });
      expect(await store.find(id)).toEqual({ ...subscription, successes: 2, failures: 1, lastError: 'two' });
    });

    it('makes no subscription by counting', async () => {
      const { store, states } = await open();
      await states.note('sub_x', { delivered: true });
      await states.note('sub_x', { delivered: false, error: 'e', exhausted: true });
      expect([await store.find('sub_x'), await store.all()]).toEqual([undefined, []]);
    });

    it('loses no count to a change beside it', async () => {
      const { store, states, id } = await created();
      const notes = Array.from({ length: 10 }, () => states.note(id, { delivered: true }));
      await Promise.all([...notes, store.change(id, { isPaused: true }), store.change(id, { ruleAt: RULE_AT })]);
      expect(await store.find(id)).toMatchObject({ successes: 10, isPaused: true, ruleAt: RULE_AT });
    });
  });
}
