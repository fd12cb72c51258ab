import { describe, expect, it } from 'vitest';
import type { RequestLists, RequestPage, RequestStore } from '../../../functions/requests/adapters/request-store.ts';
import type { RequestRecord } from '../../../functions/requests/domain/request.ts';
import { timestamp } from '../../../functions/requests/domain/request.ts';
import { begun, completed, failed } from '../../../functions/requests/domain/request-changes.ts';
import { FAILURE, withoutCallback } from './request-samples.ts';

const MINUTE = 60_000;

const encoded = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** The rules of the lists of all RequestLists. Tests may share a table: each has its own time, far from the others'. */
export function requestListContract(open: () => Promise<Pick<RequestStore, 'create' | 'save'> & RequestLists>): void {
  /** Requests of a day of their own, made a second apart, of which the first ones have ended. */
  async function listed({ pending = 0, completed: done = 0, failed: lost = 0 }) {
    const requests = await open();
    const start = Date.UTC(3000, 0, 1 + Math.floor(Math.random() * 1e6));
    const made: RequestRecord[] = [];
    const wishes = [...Array(done).fill('completed'), ...Array(lost).fill('failed'), ...Array(pending).fill('pending')];
    for (const [index, wish] of wishes.entries()) {
      const at = start + index * 1000;
      const request = withoutCallback({ createdAt: timestamp(at) });
      await requests.create(request, index);
      made.push(await ended(requests, request, wish, at));
    }
    const now = start + MINUTE;
    const all = async (page: Partial<RequestPage>) => {
      const found: RequestRecord[] = [];
      let cursor: string | undefined;
      do {
        const { items, nextCursor } = await requests.list({ limit: 100, now, cursor, ...page });
        expect(items.length).toBeLessThanOrEqual(page.limit ?? 100);
        found.push(...items);
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined && (found.at(-1)?.createdAt ?? '') >= timestamp(start));
      return found.filter(({ createdAt }) => createdAt >= timestamp(start) && createdAt <= timestamp(now));
    };
    return { requests, all, made: made.toReversed(), now };
  }

  async function ended(
    requests: Pick<RequestStore, 'save'>,
    request: RequestRecord,
    wish: RequestRecord['status'],
    at: number,
  ): Promise<RequestRecord> {
    if (wish === 'pending') return request;
    const claim = begun(request, at);
    const end =
      wish === 'completed' ? completed(claim.next, { large: 'x'.repeat(100) }, at) : failed(claim.next, FAILURE, at);
    expect([await requests.save(claim), await requests.save(end)]).toEqual([true, true]);
    return end.next;
  }

  describe('a list of requests', () => {
    it.each([1, 2, 3, 100])('has all of them, newest first, in pages of %d', async (limit) => {
      const { all, made } = await listed({ pending: 2, completed: 2, failed: 1 });
      await expect.poll(() => all({ limit })).toEqual(made);
    });

    it.each(['pending', 'completed', 'failed'] as const)('has those that are %s', async (status) => {
      const { all, made } = await listed({ pending: 3, completed: 3, failed: 3 });
      const those = made.filter((request) => request.status === status);
      for (const limit of [2, 100]) await expect.poll(() => all({ status, limit })).toEqual(those);
      expect(those).toHaveLength(3);
    });

    it('has none that is gone, whatever the page', async () => {
      const { all, made, now } = await listed({ pending: 1, completed: 3 });
      const gone = Date.parse(made[1]?.goneAt ?? '');
      await expect.poll(() => all({ limit: 1 })).toEqual(made);
      expect(gone).toBeGreaterThan(now);
      expect(await all({ limit: 1, now: gone })).toEqual(made.slice(0, 1));
      expect(await all({ status: 'completed', now: gone - 1 })).toEqual([made[1]]);
    });

    it.each([
      ['garbage'],
      ['!!!'],
      [encoded(['requests', {}])],
      [encoded(['requests', { sort: '' }])],
      [encoded(['requests/failed', { sort: 'a#b' }])],
      [encoded(['requests', { sort: 'a#b', list: 'agents' }])],
    ])('refuses the cursor %j', async (cursor) => {
      const refusal = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };
      await expect((await open()).list({ limit: 5, cursor, now: 0 })).rejects.toMatchObject(refusal);
    });

    it.each(['!', ' ', '0', '~~~', '\u{10ffff}'])(
      'takes a cursor to %j, behind which there may be nothing',
      async (sort) => {
        const { list } = await open();
        const { items } = await list({ limit: 1, cursor: encoded(['requests', { sort }]), now: Date.UTC(2900, 0) });
        expect(items.every(({ createdAt }) => createdAt < sort)).toBe(true);
      },
    );
  });
}
