import { describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import type { StreamRows } from '../../../functions/shared/platform/webhooks/delivery-rows.ts';
import type { Claim, DueStreams } from '../../../functions/webhooks/adapters/delivery-queue.ts';
import { exhaustedCommit } from '../../../functions/webhooks/adapters/exhausted-delivery.ts';
import type { OpenedDeliveries } from './delivery-samples.ts';
import { AT, givenStream, newDelivery, newStream, tried } from './delivery-samples.ts';

const RIVALS = 20;

/** The rules of every DeliveryQueue. Tests may share its tables: each has streams of its own. */
export function deliveryQueueContract(open: () => Promise<OpenedDeliveries>): void {
  const given = async (...seqs: number[]) => {
    const opened = await open();
    return { ...opened, ...(await givenStream(opened, ...seqs)) };
  };
  const claimed = async (...seqs: number[]) => {
    const one = await given(...seqs);
    const claim = (await one.queue.claim(one.id, AT.now)) as Claim;
    const ended = (before: DeliveryRecord) =>
      one.queue.record({ before, after: tried(before, { status: 'delivered' }), gone: false });
    return { ...one, claim, ended, read: async () => (await one.queue.read(one.id)) as StreamRows };
  };

  describe('a claim', () => {
    it('of a stream that is unknown, or has nothing to send, is refused', async () => {
      const { queue, id } = await given();
      expect(await queue.claim(newStream().stream, AT.now)).toBeUndefined();
      expect(await queue.claim(id, AT.now)).toBeUndefined();
    });

    it('lasts half a minute, and is seen by whoever reads', async () => {
      const { queue, id, claim } = await claimed(1);
      expect(claim).toEqual({ stream: id, until: AT.runOut });
      expect(await queue.read(id)).toMatchObject({ claimedUntil: AT.runOut, revision: 1, gone: false });
    });

    it(`of ${RIVALS} at once is won by one`, async () => {
      const { queue, id } = await given(1);
      const claims = await Promise.all(Array.from({ length: RIVALS }, () => queue.claim(id, AT.now)));
      expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
    });

    it('is not to be had before the moment has come, but for what clocks differ', async () => {
      const { commit, store, queue, id } = await given();
      await commit(store.add(newDelivery(id, 1, AT.soon)));
      expect(await queue.claim(id, AT.now)).toBeUndefined();
      expect(await queue.claim(id, '2026-08-19T10:00:08.000Z')).toBeDefined();
    });

    it('that has run out is taken over, and is worth nothing then', async () => {
      const { queue, id, claim, read } = await claimed(1);
      expect(await queue.claim(id, AT.soon)).toBeUndefined();
      const next = (await queue.claim(id, AT.runOut)) as Claim;
      expect(next.until > claim.until).toBe(true);
      expect(await queue.renew(claim, AT.runOut)).toBeUndefined();
      expect(await queue.release(claim, await read(), AT.later)).toBe(false);
      await queue.drop(claim, AT.now);
      expect(await read()).toMatchObject({ claimedUntil: next.until });
    });

    it('keeps others out also where something is given meanwhile', async () => {
      const { commit, store, queue, id, claim } = await claimed(1);
      await commit(store.add(newDelivery(id, 2)));
      expect(await queue.claim(id, AT.soon)).toBeUndefined();
      expect(await queue.renew(claim, AT.soon)).toBeDefined();
    });

    it('is renewed as often as its holder likes', async () => {
      const { queue, id, claim, read } = await claimed(1);
      const renewed = (await queue.renew(claim, AT.soon)) as Claim;
      expect(renewed).toEqual({ stream: id, until: '2026-08-19T10:00:40.000Z' });
      expect(await queue.claim(id, AT.runOut)).toBeUndefined();
      expect(await queue.release(renewed, await read(), AT.later)).toBe(true);
    });
  });

  describe('a release', () => {
    it('for good lets nobody claim the stream until something is given', async () => {
      const { commit, store, queue, id, claim, first, ended, read } = await claimed(1);
      await ended(first);
      expect(await queue.release(claim, await read())).toBe(true);
      expect((await read()).claimedUntil).toBeUndefined();
      expect(await queue.claim(id, AT.later)).toBeUndefined();
      await commit(store.add(newDelivery(id, 2)));
      expect(await queue.claim(id, AT.now)).toBeDefined();
    });

    it('for good of a stream with nothing in it is one too', async () => {
      const { store, commit, queue } = await open();
      const stream = newStream();
      await commit(store.open(stream));
      expect(await queue.claim(stream.stream, AT.now)).toBeUndefined();
      expect(await queue.read(stream.stream)).toMatchObject({ lastCalled: 0, revision: 0 });
    });

    it('for some time lets nobody claim it before', async () => {
      const { queue, id, claim, read } = await claimed(1);
      expect(await queue.release(claim, await read(), AT.later)).toBe(true);
      expect(await queue.claim(id, AT.runOut)).toBeUndefined();
      expect(await queue.claim(id, AT.later)).toBeDefined();
    });

    it.each([[undefined], [AT.later]])('is refused where something was given meanwhile (until %s)', async (dueAt) => {
      const { commit, store, queue, id, claim, first, ended, read } = await claimed(1);
      await ended(first);
      const before = await read();
      await commit(store.add(newDelivery(id, 2)));
      expect(await queue.release(claim, before, dueAt)).toBe(false);
      expect(await read()).toMatchObject({ claimedUntil: claim.until, revision: 2, lastCalled: 2 });
      await ended((await read()).deliveries[1] as DeliveryRecord);
      expect(await queue.release(claim, await read(), dueAt)).toBe(true);
    });

    it.each([[undefined], [AT.later]])(
      'is refused where something was replayed meanwhile (until %s)',
      async (dueAt) => {
        const { store, queue, claim, first, ended, read } = await claimed(1, 2);
        await ended(first);
        await ended((await read()).deliveries[1] as DeliveryRecord);
        const before = await read();
        await store.replay(first, AT.soon);
        expect(await queue.release(claim, before, dueAt)).toBe(false);
        expect(await read()).toMatchObject({ lastCalled: 1 });
      },
    );

    it('for good is refused where the message of the last call still waits, whatever was read', async () => {
      const { queue, claim, read } = await claimed(1);
      expect(await queue.release(claim, await read())).toBe(false);
      expect(await read()).toMatchObject({ claimedUntil: claim.until });
    });

    it('in mid-work leaves the stream due at once, also where something was given meanwhile', async () => {
      const { commit, store, queue, id, claim } = await claimed(1);
      await commit(store.add(newDelivery(id, 2)));
      await queue.drop(claim, AT.soon);
      expect(await queue.claim(id, AT.soon)).toBeDefined();
    });
  });

  describe('a record', () => {
    it('is made of the message as it was, once', async () => {
      const { queue, first, load } = await claimed(1, 2);
      const after = tried(first, { status: 'delivered' });
      expect(await queue.record({ before: first, after, gone: false })).toBe(true);
      expect(await queue.record({ before: first, after: tried(first, {}), gone: true })).toBe(false);
      expect(await load()).toMatchObject([after, { seq: 2, status: 'pending' }]);
      expect(await queue.read(first.stream)).toMatchObject({ gone: false });
    });

    it('of a receiver that is gone is one of its stream', async () => {
      const { queue, first } = await claimed(1);
      await queue.record({ before: first, after: tried(first, { status: 'exhausted' }), gone: true });
      expect(await queue.read(first.stream)).toMatchObject({ gone: true });
    });

    it('of a message that is given up unsent holds only while the receiver is gone', async () => {
      const { store, queue, claim, read } = await claimed(1, 2);
      const [one, two] = (await read()).deliveries as [DeliveryRecord, DeliveryRecord];
      const unsent = { before: two, after: tried(two, { status: 'exhausted' }), gone: false, onlyIfGone: true };
      expect(await queue.record(unsent)).toBe(false);
      await queue.record({ before: one, after: tried(one, { status: 'exhausted' }), gone: true });
      await store.replay(two, AT.soon);
      expect(await queue.record(unsent)).toBe(false);
      await queue.record({ before: tried(one, {}), after: tried(tried(one, {}), {}), gone: true });
      expect(await queue.record(unsent)).toBe(true);
      expect(await queue.read(claim.stream)).toMatchObject({ gone: true });
    });

    it('is in the event log too, or nowhere', async () => {
      const { stream, queue, first, load, history } = await claimed(1);
      const after = tried(first, { status: 'exhausted', exhaustions: 1 });
      const commit = exhaustedCommit({ stream, delivery: after, reason: 'It failed.' }, AT.now);
      expect(await queue.record({ before: after, after, gone: false, commit })).toBe(false);
      expect(await history(commit.aggregateId)).toEqual([]);
      expect(await queue.record({ before: first, after, gone: false, commit })).toBe(true);
      expect(await history(commit.aggregateId)).toMatchObject([{ version: 1, events: commit.events }]);
      const again = tried(after, { tries: 9 });
      expect(await queue.record({ before: after, after: again, gone: false, commit })).toBe(false);
      expect(await load()).toEqual([after]);
    });
  });

  describe('the streams that are due', () => {
    it('are those with something to send whose moment has come', async () => {
      const one = await given(1);
      const { due, queue, id } = one;
      await expect.poll(() => isDue(due, AT.now, id)).toBe(true);
      const claim = (await queue.claim(id, AT.now)) as Claim;
      await expect.poll(() => isDue(due, AT.soon, id)).toBe(false);
      expect(await isDue(due, AT.runOut, id)).toBe(true);
      await queue.release(claim, { revision: 1, lastCalled: 1 }, AT.later);
      await expect.poll(() => isDue(due, AT.runOut, id)).toBe(false);
      expect(await isDue(due, AT.later, id)).toBe(true);
      const { first } = one;
      await queue.record({ before: first, after: tried(first, { status: 'delivered' }), gone: false });
      await queue.release((await queue.claim(id, AT.later)) as Claim, { revision: 1, lastCalled: 1 });
      await expect.poll(() => isDue(due, AT.later, id)).toBe(false);
    });
  });
}

async function isDue(due: DueStreams, now: string, stream: string): Promise<boolean> {
  for await (const page of due(now)) if (page.includes(stream)) return true;
  return false;
}
