import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StreamRows } from '../../../functions/shared/platform/webhooks/delivery-rows.ts';
import type { Claim } from '../../../functions/webhooks/adapters/delivery-queue.ts';
import type { OpenedDeliveries } from './delivery-samples.ts';
import { AT, givenStream, newDelivery, tried } from './delivery-samples.ts';

/** The rules of every DeliveryQueue for streams that wait for their subscription. Tests may share its tables. */
export function parkedStreamsContract(open: () => Promise<OpenedDeliveries>): void {
  const claimed = async () => {
    const opened = await open();
    const given = await givenStream(opened, 1);
    const subscriptionId = `sub_${randomUUID()}`;
    const claim = (await opened.queue.claim(given.id, AT.now)) as Claim;
    const read = async () => (await opened.queue.read(given.id)) as StreamRows;
    const isDue = (now: string) => contains(opened.due(now), given.id);
    const isParked = (id = subscriptionId) => contains(opened.parked(id), given.id);
    return { ...opened, ...given, subscriptionId, claim, read, isDue, isParked };
  };
  const parked = async () => {
    const one = await claimed();
    expect(await one.queue.park(one.claim, await one.read(), one.subscriptionId)).toBe(true);
    return one;
  };
  const NOW = () => new Date().toISOString();

  describe('a stream that is put aside', () => {
    it('is let go of, waits for its subscription, and is due for nobody else', async () => {
      const { read, isDue, isParked } = await parked();
      expect(await read()).not.toHaveProperty('claimedUntil');
      await expect.poll(() => isParked()).toBe(true);
      expect(await isParked('sub_other')).toBe(false);
      await expect.poll(() => isDue('2999-01-01T00:00:00.000Z')).toBe(false);
    });

    it('is not, where something was given meanwhile, or its claim has run out', async () => {
      const { commit, store, queue, id, subscriptionId, claim, read } = await claimed();
      const before = await read();
      await commit(store.add(newDelivery(id, 2)));
      expect(await queue.park(claim, before, subscriptionId)).toBe(false);
      expect(await read()).toMatchObject({ claimedUntil: claim.until });
      const next = (await queue.claim(id, AT.runOut)) as Claim;
      expect(await queue.park(claim, await read(), subscriptionId)).toBe(false);
      expect(await queue.park(next, await read(), subscriptionId)).toBe(true);
    });

    it('is due at once when its subscription looks for it, and for no other', async () => {
      const { queue, id, subscriptionId, isDue, isParked } = await parked();
      await queue.unpark(id, 'sub_other');
      await expect.poll(() => isParked()).toBe(true);
      await queue.unpark(id, subscriptionId);
      await expect.poll(() => isDue(NOW())).toBe(true);
      await expect.poll(() => isParked()).toBe(false);
      expect(await queue.claim(id, NOW())).toBeDefined();
    });

    it('is taken by a late kick, and put aside once more', async () => {
      const { queue, id, subscriptionId, read, isParked } = await parked();
      expect(await queue.claim(id, AT.now)).toBeUndefined();
      const claim = (await queue.claim(id, AT.runOut)) as Claim;
      await expect.poll(() => isParked()).toBe(false);
      expect(await queue.park(claim, await read(), subscriptionId)).toBe(true);
      await expect.poll(() => isParked()).toBe(true);
    });

    it('goes out where something is given to it', async () => {
      const { commit, store, id, isDue, isParked } = await parked();
      await commit(store.add(newDelivery(id, 2)));
      await expect.poll(() => isDue(AT.now)).toBe(true);
      await expect.poll(() => isParked()).toBe(false);
    });
  });

  describe('a stream that is not put aside', () => {
    it('stays as it is, whoever looks for it: in work, or done', async () => {
      const { queue, id, subscriptionId, claim, first, read, isDue } = await claimed();
      await queue.unpark(id, subscriptionId);
      expect(await read()).toMatchObject({ claimedUntil: claim.until });
      await queue.record({ before: first, after: tried(first, { status: 'delivered' }), gone: false });
      expect(await queue.release(claim, await read())).toBe(true);
      await queue.unpark(id, subscriptionId);
      await queue.unpark('sub_unknown', subscriptionId);
      await expect.poll(() => isDue('2999-01-01T00:00:00.000Z')).toBe(false);
      expect(await queue.claim(id, '2999-01-01T00:00:00.000Z')).toBeUndefined();
    });
  });
}

async function contains(pages: AsyncIterable<readonly string[]>, stream: string): Promise<boolean> {
  for await (const page of pages) if (page.includes(stream)) return true;
  return false;
}
