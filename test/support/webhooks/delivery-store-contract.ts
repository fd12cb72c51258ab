import { describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import type { OpenedDeliveries } from './delivery-samples.ts';
import { AT, givenStream, newDelivery, newStream, tried } from './delivery-samples.ts';

const GIVEN_UP: Partial<DeliveryRecord> = { status: 'exhausted', exhaustions: 1, tries: 4 };

/** The rules of every DeliveryStore. Tests may share its tables: each has streams of its own. */
export function deliveryStoreContract(open: () => Promise<OpenedDeliveries>): void {
  describe('a stream', () => {
    it('is there once it is opened, and only then', async () => {
      const { store, commit } = await open();
      const stream = newStream();
      expect(await store.load(stream.stream)).toBeUndefined();
      expect(await commit(store.open(stream))).toBe(true);
      expect(await store.load(stream.stream)).toEqual({ stream, lastGiven: 0, deliveries: [] });
    });

    it('is opened once, and stays as it was', async () => {
      const opened = await open();
      const { stream } = await givenStream(opened, 1);
      expect(await opened.commit(opened.store.open({ ...stream, url: 'https://other.example' }))).toBe(false);
      expect(await opened.store.load(stream.stream)).toMatchObject({ stream, deliveries: [{ seq: 1 }] });
    });
  });

  describe('a message', () => {
    it('is pending once it is given, and keeps every byte of its body', async () => {
      const opened = await open();
      const { id, load } = await givenStream(opened);
      const body = '{ "a":"ü\\u0000\\n😀",  "b": 1e400, "c":"\\ud83d" }';
      expect(await opened.commit(opened.store.add({ ...newDelivery(id, 3), body }))).toBe(true);
      expect(await load()).toEqual([
        {
          stream: id,
          seq: 3,
          body,
          createdAt: AT.now,
          deliveryId: `${id}-3`,
          webhookId: `msg_${id}-3`,
          status: 'pending',
          tries: 0,
          attempts: [],
          nextAttemptAt: AT.now,
          exhaustions: 0,
          revision: 1,
        },
      ]);
    });

    it('has its place once, however often it is given', async () => {
      const opened = await open();
      const { id, load } = await givenStream(opened, 1);
      const before = await load();
      expect(await opened.commit(opened.store.add({ ...newDelivery(id, 1), body: '{}' }))).toBe(false);
      expect(await load()).toEqual(before);
    });

    it('is known by its place as the last one that was given', async () => {
      const opened = await open();
      const { id } = await givenStream(opened);
      expect(await opened.store.load(id)).toMatchObject({ lastGiven: 0 });
      for (const seq of [2, 3]) await opened.commit(opened.store.add(newDelivery(id, seq)));
      await opened.commit(opened.store.add(newDelivery(id, 2)));
      expect(await opened.store.load(id)).toMatchObject({ lastGiven: 3 });
    });

    it('of a stream that was never opened is refused', async () => {
      const { store, commit } = await open();
      const { stream } = newStream();
      expect(await commit(store.add(newDelivery(stream, 1)))).toBe(false);
      expect(await store.load(stream)).toBeUndefined();
    });

    it('is not there where the rest of its transaction is refused', async () => {
      const opened = await open();
      const { id, load } = await givenStream(opened);
      const writes = [...opened.store.add(newDelivery(id, 1)), ...opened.store.add(newDelivery('req_unknown', 1))];
      expect(await opened.commit(writes)).toBe(false);
      expect(await load()).toEqual([]);
    });

    it('comes before those behind it, whatever the order in which they were given', async () => {
      const { load } = await givenStream(await open(), 10, 2, 1, 100);
      expect((await load()).map(({ seq }) => seq)).toEqual([1, 2, 10, 100]);
    });
  });

  describe('a replay', () => {
    it('makes a message that was given up pending again, under its ids, with its history', async () => {
      const opened = await open();
      const { id, first, load } = await givenStream(opened, 1);
      const exhausted = tried(first, GIVEN_UP);
      expect(await opened.queue.record({ before: first, after: exhausted, gone: true })).toBe(true);
      const replayed = await opened.store.replay(exhausted, AT.later);
      const expected = { ...exhausted, status: 'pending', tries: 0, nextAttemptAt: AT.later, revision: 3 };
      expect(replayed).toEqual(expected);
      expect(await load()).toEqual([expected]);
      // Somebody wants it sent, so the address counts again.
      expect(await opened.queue.read(id)).toMatchObject({ gone: false });
      expect(await opened.queue.claim(id, AT.later)).toBeDefined();
    });

    it('has a stream that was done looked at again', async () => {
      const opened = await open();
      const { id, first } = await givenStream(opened, 1);
      const claim = await opened.queue.claim(id, AT.now);
      await opened.queue.record({ before: first, after: tried(first, { status: 'delivered' }), gone: false });
      if (claim) expect(await opened.queue.release(claim, { revision: 1, lastCalled: 1 })).toBe(true);
      expect(await opened.queue.claim(id, AT.later)).toBeUndefined();
      await opened.store.replay(first, AT.later);
      expect(await opened.queue.claim(id, AT.later)).toBeDefined();
    });

    it('of a message that waits makes it due at once, and a try that is under way is recorded all the same', async () => {
      const opened = await open();
      const { first, load } = await givenStream(opened, 1);
      const waiting = tried(first, { nextAttemptAt: AT.later });
      await opened.queue.record({ before: first, after: waiting, gone: false });
      const expected = { ...waiting, nextAttemptAt: AT.soon };
      expect(await opened.store.replay(waiting, AT.soon)).toEqual(expected);
      expect(await load()).toEqual([expected]);
      const delivered = tried(waiting, { status: 'delivered' });
      expect(await opened.queue.record({ before: waiting, after: delivered, gone: false })).toBe(true);
    });

    it('by an old record of it finds it as it stands', async () => {
      const opened = await open();
      const { first, load } = await givenStream(opened, 1);
      await opened.queue.record({ before: first, after: tried(first, GIVEN_UP), gone: false });
      expect(await opened.store.replay(first, AT.later)).toMatchObject({ exhaustions: 1, tries: 0, revision: 3 });
      expect(await load()).toMatchObject([{ status: 'pending', revision: 3 }]);
    });

    it('of a message that is not there is refused', async () => {
      const opened = await open();
      const { first } = await givenStream(opened, 1);
      const refusal = { code: 'NOT_FOUND', message: 'There is no delivery other.' };
      await expect(opened.store.replay({ ...first, seq: 2, deliveryId: 'other' }, AT.now)).rejects.toMatchObject(
        refusal,
      );
    });
  });
}
