import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import type { ReadModel } from '../../../functions/contracts/read-model.ts';
import type { Counts } from '../../../functions/shared/kernel/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { samplePayload } from '../tasks/task-samples.ts';

type Fresh = (changes?: Partial<ReadModel<Task>>) => Promise<ReadModelStore<Task>>;

const AT = '2026-08-19T10:00:00.000Z';
const row = (taskId: string): Task => ({
  ...{ taskId, ...samplePayload.CreateTask, status: 'pending', assignedAgent: null, result: null, error: null },
  ...{ correlationId: 'corr_1', version: 1, createdAt: AT, updatedAt: AT },
});

/** The rules of what no list shows: rows of which only counts are made, and the counts that ride with rows. */
export function unlistedContract(fresh: Fresh): void {
  describe('a row that is not listed', () => {
    const [hidden, shown] = [
      { ...row('task_1'), priority: 0 },
      { ...row('task_2'), priority: 1 },
    ];
    const unlisting = () => fresh({ isListed: ({ priority }) => priority !== 0 });
    const show = async (store: ReadModelStore<Task>, where: Partial<Task>, ...items: Task[]) =>
      vi.waitFor(async () => expect(await store.query({ where, limit: 5 })).toEqual({ items, nextCursor: null }), {
        timeout: 20_000,
      });

    it('is there for its projection, and in no list', async () => {
      const store = await unlisting();
      for (const one of [hidden, shown]) expect(await store.put({ row: one, version: 1 }, 0)).toBe(true);
      for (const where of [{}, { type: shown.type }, { correlationId: 'corr_1' }]) await show(store, where, shown);
      expect(await store.get('task_1')).toEqual({ row: hidden, version: 1 });
      expect(await store.put({ row: hidden, version: 2 }, 0)).toBe(false);
    });

    it('comes into the lists and leaves them by what it is', async () => {
      const store = await unlisting();
      await store.put({ row: hidden, version: 1 }, 0);
      const listed = { ...hidden, priority: 2 };
      expect(await store.put({ row: listed, version: 2 }, 1)).toBe(true);
      for (const where of [{}, { status: listed.status }]) await show(store, where, listed);
      expect(await store.put({ row: hidden, version: 3 }, 2)).toBe(true);
      for (const where of [{}, { status: listed.status }]) await show(store, where);
    });
  });

  describe('counts', () => {
    /** Which keys there are may show late. */
    const become = async (store: ReadModelStore<Task>, counts: Counts) =>
      vi.waitFor(async () => expect(await store.counts()).toEqual(counts), { timeout: 20_000 });

    it('are none where nothing was counted', async () => {
      const store = await fresh();
      await store.put({ row: row('task_1'), version: 1 }, 0);
      expect([await store.counts(), await store.counts(['a']), await store.counts([])]).toEqual([{}, {}, {}]);
    });

    it('change with the rows that they are put with', async () => {
      const store = await fresh();
      await store.put({ row: row('task_1'), version: 1 }, 0, { a: { pending: 1 } });
      await store.put({ row: row('task_2'), version: 1 }, 0, { a: { pending: 1 }, b: { pending: 2, failed: 1 } });
      await store.put({ row: row('task_1'), version: 2 }, 1, { a: { pending: -1, failed: 1 } });
      expect(await store.counts(['a', 'b'])).toEqual({ a: { pending: 1, failed: 1 }, b: { pending: 2, failed: 1 } });
      expect(await store.get('task_1')).toEqual({ row: row('task_1'), version: 2 });
    });

    it.each([
      { there: 0, seen: 1 },
      { there: 2, seen: 0 },
      { there: 2, seen: 1 },
    ])('do not change with a row at $there that is put by one who saw $seen', async ({ there, seen }) => {
      const store = await fresh();
      if (there > 0) await store.put({ row: row('task_1'), version: there }, 0, { a: { pending: 1 } });
      const before = await store.counts(['a', 'b']);
      const changes = { a: { pending: -1 }, b: { pending: 1 } };
      expect(await store.put({ row: row('task_1'), version: 9 }, seen, changes)).toBe(false);
      expect(await store.counts(['a', 'b'])).toEqual(before);
      expect((await store.get('task_1'))?.version).toBe(there === 0 ? undefined : there);
    });

    it('change once with a row that many put at once', async () => {
      const store = await fresh();
      const puts = Array.from({ length: 8 }, () =>
        store.put({ row: row('task_1'), version: 1 }, 0, { a: { pending: 1 } }),
      );
      expect((await Promise.all(puts)).filter(Boolean)).toHaveLength(1);
      expect(await store.counts(['a'])).toEqual({ a: { pending: 1 } });
    });

    it.each([1, 16])('that many rows share lose none of them (parts: %i)', async (countParts) => {
      const store = await fresh({ countParts });
      const ids = Array.from({ length: 20 }, (_, index) => `task_${index}`);
      const all = (seen: number, changes: Counts) =>
        Promise.all(ids.map((id) => store.put({ row: row(id), version: seen + 1 }, seen, changes)));
      await all(0, { a: { pending: 1 } });
      expect(await store.counts(['a'])).toEqual({ a: { pending: 20 } });
      await all(1, { a: { pending: -1, failed: 1 } });
      await become(store, { a: { pending: 0, failed: 20 } });
    });

    it('of named keys are those that there are, of each once', async () => {
      const store = await fresh({ countParts: 3 });
      await store.put({ row: row('task_1'), version: 1 }, 0, { a: { x: 1 }, b: { x: 2 }, 'a#0': { x: 5 } });
      expect(await store.counts(['b', 'none', 'b'])).toEqual({ b: { x: 2 } });
      await become(store, { a: { x: 1 }, b: { x: 2 }, 'a#0': { x: 5 } });
    });

    it('may be of any name', async () => {
      const store = await fresh();
      const names = ['__proto__', 'constructor', 'id', 'list', 'with space', '🦊'];
      const changes = Object.fromEntries(names.map((name) => [name, { id: 1, key: 2, sort: 3 }]));
      await store.put({ row: row('task_1'), version: 1 }, 0, changes);
      const counts = await store.counts(names);
      expect(Object.keys(counts).sort()).toEqual([...names].sort());
      for (const name of names) expect(Object.entries(counts).find(([key]) => key === name)?.[1]).toEqual(changes.id);
      await vi.waitFor(async () => expect(Object.keys(await store.counts()).sort()).toEqual([...names].sort()), {
        timeout: 20_000,
      });
    });

    it('show in no list, and in no other model or generation', async () => {
      const name = `test-${randomUUID()}`;
      const [one, two, eleven] = await Promise.all([1, 2, 11].map((generation) => fresh({ name, generation })));
      await one?.put({ row: row('task_1'), version: 1 }, 0, { a: { pending: 1 } });
      await vi.waitFor(
        async () =>
          expect(await one?.query({ where: {}, limit: 5 })).toEqual({ items: [row('task_1')], nextCursor: null }),
        { timeout: 20_000 },
      );
      await become(one as ReadModelStore<Task>, { a: { pending: 1 } });
      for (const other of [two, eleven, await fresh()])
        expect([await other?.counts(), await other?.counts(['a'])]).toEqual([{}, {}]);
    });
  });
}
