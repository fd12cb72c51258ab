import { describe, expect, it } from 'vitest';
import type { FailedEvents } from '../../../functions/projections/adapters/projection-store.ts';
import { ownName } from './names.ts';

const at = (second: number) => new Date(Date.now() - 100_000 + second * 1000).toISOString();
const event = (number: number) => ({
  eventId: `task_${number}-1`,
  eventType: 'domain.TaskCreated',
  aggregateId: `task_${number}`,
});

/** The rules of every FailedEvents. Each test has projections of its own. */
export function failedEventsContract(failed: FailedEvents): void {
  describe('a failed event', () => {
    it('is kept with its reason, and counts its tries', async () => {
      const name = ownName();
      const [first, second, third] = [at(1), at(2), at(3)];
      await failed.record(name, { ...event(1), error: 'no room', at: first });
      const kept = { ...event(1), error: 'no room', firstFailedAt: first, lastFailedAt: first, retryCount: 0 };
      expect(await failed.page(name, { limit: 5 })).toEqual({ items: [kept], nextCursor: null });
      await failed.record(name, { ...event(1), error: 'none', at: second });
      await failed.record(name, { ...event(1), error: 'никто "🦊"', at: third });
      expect(await failed.page(name, { limit: 5 })).toEqual({
        items: [{ ...kept, error: 'никто "🦊"', lastFailedAt: third, retryCount: 2 }],
        nextCursor: null,
      });
      expect(await failed.count(name)).toBe(1);
    });

    it('is gone once it is settled, twice as well as once, and begins anew if it fails again', async () => {
      const name = ownName();
      await failed.record(name, { ...event(1), error: 'x', at: at(1) });
      await failed.record(name, { ...event(2), error: 'x', at: at(1) });
      for (let times = 0; times < 2; times += 1) await failed.settle(name, event(1).eventId);
      expect([await failed.count(name), await failed.page(name, { limit: 5 })]).toMatchObject([
        1,
        { items: [event(2)] },
      ]);
      const again = at(9);
      await failed.record(name, { ...event(1), error: 'x', at: again });
      expect((await failed.page(name, { limit: 1 })).items).toMatchObject([{ retryCount: 0, firstFailedAt: again }]);
    });

    it('that there is not is settled, too', async () => {
      const name = ownName();
      await failed.settle(name, event(1).eventId);
      expect([await failed.count(name), await failed.page(name, { limit: 5 })]).toEqual([
        0,
        { items: [], nextCursor: null },
      ]);
    });

    it('is of one projection', async () => {
      await failed.record(ownName(), { ...event(1), error: 'x', at: at(1) });
      const other = ownName();
      expect([await failed.count(other), await failed.recentErrors(other, at(0))]).toEqual([0, 0]);
    });
  });

  describe('a list of failed events', () => {
    it('gives each once, by its id, whatever the pages', async () => {
      const name = ownName();
      const ids = Array.from({ length: 23 }, (_, index) => event(index + 100));
      await Promise.all(ids.toReversed().map((one) => failed.record(name, { ...one, error: 'x', at: at(1) })));
      expect(await failed.count(name)).toBe(23);
      for (const limit of [1, 7, 23, 100]) {
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<FailedEvents['page']>> = await failed.page(name, {
            limit,
            ...(cursor !== null && { cursor }),
          });
          expect(page.items.length).toBe(Math.min(limit, 23 - seen.length));
          seen.push(...page.items.map(({ eventId }) => eventId));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(seen).toEqual(ids.map(({ eventId }) => eventId));
      }
    });

    it('takes no cursor of another projection, nor one that it has not given', async () => {
      const [name, other] = [ownName(), ownName()];
      for (const number of [1, 2]) await failed.record(other, { ...event(number), error: 'x', at: at(1) });
      const { nextCursor } = await failed.page(other, { limit: 1 });
      for (const cursor of [nextCursor ?? '', 'garbage'])
        await expect(failed.page(name, { limit: 1, cursor })).rejects.toMatchObject({
          code: 'VALIDATION_ERROR',
          details: [{ path: 'cursor' }],
        });
    });
  });

  describe('recent errors', () => {
    it('are the different events that have failed since, settled or not', async () => {
      const name = ownName();
      const since = at(5);
      const times = [4, 5, 6, 7].map(at).with(1, since);
      for (const [index, time] of times.entries()) await failed.record(name, { ...event(index), error: 'x', at: time });
      expect(await failed.recentErrors(name, since)).toBe(3);
      await failed.record(name, { ...event(3), error: 'x', at: at(8) });
      expect(await failed.recentErrors(name, since)).toBe(3);
      await failed.record(name, { ...event(0), error: 'x', at: at(8) });
      expect(await failed.recentErrors(name, since)).toBe(4);
      await failed.settle(name, event(0).eventId);
      expect(await failed.recentErrors(name, since)).toBe(4);
      expect(await failed.recentErrors(name, at(60))).toBe(0);
    });
  });
}
