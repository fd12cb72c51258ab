import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { KeeperWorld } from '../../support/subscriptions/keeper-world.ts';

const log = captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One that is looked after as it should be, for so long. */
async function kept(ms = 5 * MINUTE) {
  const world = new KeeperWorld();
  world.everyMinute(60);
  const subscription = await world.subscribe();
  await world.clock.run(ms);
  return { world, subscription, id: subscription.subscriptionId };
}

const isoOf = (ms: number) => new Date(ms).toISOString();

describe('a new subscription', () => {
  it('gets its rule at once, is ready some seconds later, and settled once the rule must have taken effect', async () => {
    const { world, id } = await kept(0);
    const begun = world.clock.now;
    expect([world.ruled(), world.row(id)]).toMatchObject([[id], { ruleAt: isoOf(begun), isReady: false }]);
    await world.clock.run(8 * SECOND);
    expect(world.row(id)).toMatchObject({ isReady: true, catchUpFrom: isoOf(begun + 2 * SECOND) });
    await world.clock.run(3 * MINUTE);
    expect(world.row(id)).toMatchObject({ isReady: true, ruleAt: isoOf(begun) });
    expect(world.row(id)).not.toHaveProperty('catchUpFrom');
    expect(world.failures).toEqual([]);
  });

  it('is not ready while the log may hide what was written up to its rule', async () => {
    const world = new KeeperWorld();
    const { subscriptionId: id } = await world.subscribe({}, false);
    await world.clock.run(20 * SECOND);
    const ruleAt = isoOf(world.clock.now);
    await world.keep(id);
    const settled = { ruleAt, catchUpFrom: isoOf(world.clock.now - 5 * SECOND) };
    expect(world.row(id)).toMatchObject({ ...settled, isReady: false });
    await world.clock.run(5 * SECOND);
    await world.keep(id);
    expect(world.row(id)).toMatchObject({ ruleAt, catchUpFrom: ruleAt, isReady: true });
  });

  it('gets its rule within a minute where its message is lost', async () => {
    const world = new KeeperWorld();
    world.everyMinute(1);
    const { subscriptionId } = await world.subscribe({}, false);
    await world.clock.run(MINUTE);
    expect(world.ruled()).toEqual([subscriptionId]);
    expect(world.row(subscriptionId)).toMatchObject({ isReady: true });
  });

  it('hears from the log what its rule has missed, and of the filter only what matches', async () => {
    const world = new KeeperWorld();
    world.bridge.delayMs = () => 50 * SECOND;
    world.everyMinute(5);
    const subscription = await world.subscribe({ filter: { color: ['red'] } });
    for (const data of [{ color: 'red' }, { color: 'blue' }, {}, { color: 'red' }]) {
      await world.publish({ data });
      await world.publish({ data, type: 'order.lost' });
      await world.clock.run(20 * SECOND);
    }
    await world.clock.run(5 * MINUTE);
    expect(world.heard(subscription.subscriptionId)).toEqual(['evt_00001-1', 'evt_00007-1']);
  });

  it('that nobody knows, or that ended before, is nothing to do', async () => {
    const { world } = await kept(0);
    await expect(world.keep('sub_x')).resolves.toBeUndefined();
  });

  it('that is ended while its rule is put leaves none', async () => {
    const world = new KeeperWorld();
    const { subscriptionId: id } = await world.subscribe({}, false);
    for (const end of [
      () => world.subscriptions.store.change(id, { isEnding: true }),
      () => world.subscriptions.store.remove(id),
    ]) {
      const rules = world.ports().rules;
      const put: typeof rules.put = async (one) => {
        await rules.put(one);
        await end();
      };
      await world.keep(id, undefined, { rules: { ...rules, put } });
      expect(world.ruled()).toEqual([]);
    }
  });
});

describe('a burst that is longer than a page of the log', () => {
  it('is brought page by page, and a look that is over goes on where it was', async () => {
    const world = new KeeperWorld();
    const subscription = await world.subscribe({}, false);
    const { subscriptionId: id } = subscription;
    for (let count = 0; count < 250; count += 1) await world.publish();
    world.bridge.delayMs = () => 90 * SECOND;
    await world.keep(id);
    await world.clock.run(6 * SECOND);
    expect(world.heard(id)).toEqual([]);
    // Its time is over with the first page.
    const now = () => world.clock.now + (world.heard(id).length >= 100 ? 300 * SECOND : 0);
    await world.keep(id, undefined, { now });
    expect(world.heard(id)).toHaveLength(100);
    await world.keep(id);
    expect(world.heard(id)).toEqual(world.wanted(subscription));
    expect(world.wanted(subscription)).toHaveLength(250);
  });
});

describe('a rule that is lost', () => {
  const lost = async (ms = 5 * MINUTE) => {
    const { world, subscription, id } = await kept(ms);
    world.bridge.rules.clear();
    return { world, subscription, id };
  };

  it('is put anew, and what it would have brought is brought from the log', async () => {
    const { world, subscription, id } = await lost();
    for (let count = 0; count < 5; count += 1) {
      await world.publish();
      await world.clock.run(20 * SECOND);
    }
    await world.clock.run(5 * MINUTE);
    expect([world.ruled(), world.heard(id)]).toEqual([[id], world.wanted(subscription)]);
    expect(world.row(id)).not.toHaveProperty('catchUpFrom');
    expect(log.lines()).toContainEqual(expect.objectContaining({ message: 'A rule was lost', subscriptionId: id }));
  });

  it('is not put anew by a look whose list is older than the rule', async () => {
    const world = new KeeperWorld();
    const { subscriptionId: id } = await world.subscribe({}, false);
    await world.keep(id);
    world.bridge.rules.clear();
    await world.keep();
    expect(world.ruled()).toEqual([]);
    await world.clock.run(11 * SECOND);
    await world.keep();
    expect(world.ruled()).toEqual([id]);
  });

  it('is put by one of two who miss it', async () => {
    const { world, id } = await lost();
    const row = world.row(id) as SubscriptionRecord;
    await world.keep();
    const restored = world.row(id);
    // The other one has read the row before.
    const stale = { ...world.subscriptions.store, all: async () => [row] };
    world.bridge.rules.clear();
    await world.keep(undefined, undefined, { subscriptions: stale });
    expect(world.ruled()).toEqual([]);
    expect(world.row(id)).toEqual(restored);
  });

  it('and put anew in the middle of a look leaves the rest to the next one', async () => {
    const { world, subscription, id } = await lost();
    await world.publish();
    await world.clock.run(MINUTE);
    const { feed } = world.ports();
    const [ruleAt, catchUpFrom] = [isoOf(world.clock.now + 1), isoOf(world.clock.now - 3 * MINUTE)];
    const read: typeof feed.read = async (...page) => {
      await world.subscriptions.store.change(id, { ruleAt, catchUpFrom });
      return feed.read(...page);
    };
    world.bridge.rules.clear();
    await world.clock.run(11 * SECOND);
    await world.keep(undefined, undefined, { feed: { read } });
    expect(world.row(id)).toMatchObject({ ruleAt, catchUpFrom });
    await world.clock.run(5 * MINUTE);
    expect(world.heard(id)).toEqual(world.wanted(subscription));
  });

  it('of one that is paused is put anew, too', async () => {
    const { world, id } = await lost();
    await world.subscriptions.store.change(id, { isPaused: true });
    await world.keep();
    expect(world.ruled()).toEqual([id]);
  });
});

describe('a rule without a subscription', () => {
  it('is removed, and no other one', async () => {
    const { world, id } = await kept();
    const orphans = ['sub_a', 'sub_b', 'sub_c'];
    for (const orphan of orphans) world.bridge.rules.set(`maos-test-${orphan}`, { pattern: {}, effectiveAt: 0 });
    world.bridge.rules.set('maos-test-of-the-product', { pattern: {}, effectiveAt: 0 });
    await world.keep();
    expect(world.ruled().sort()).toEqual(['of-the-product', id].sort());
  });
});
