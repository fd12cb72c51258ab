import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import type { ReadModel } from '../../../functions/contracts/read-model.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { samplePayload } from '../tasks/task-samples.ts';
import { unlistedContract } from './unlisted-contract.ts';

type Open = (model: ReadModel<Task>) => Promise<ReadModelStore<Task>>;

const ROWS = 60;
const STATUSES = ['pending', 'assigned', 'completed', 'failed'] as const;
const BAD_CURSOR = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };

/** The rules of every ReadModelStore, on rows of tasks. Each group has a model of its own, so a table may be shared. */
export function readModelContract(open: Open): void {
  const fresh = (changes: Partial<ReadModel<Task>> = {}) =>
    open({ ...taskReadModel, name: `test-${randomUUID()}`, ...changes });

  describe('a row', () => {
    it('is not there before it was put', async () => {
      expect(await (await fresh()).get('task_0')).toBeUndefined();
    });

    it('comes back with its version, byte for byte', async () => {
      const store = await fresh();
      const metadata = JSON.parse(
        `{"__proto__":1,"":[],"big":1e300,"deep":${'['.repeat(40)}${']'.repeat(40)},"🦊":"\\u0000"}`,
      );
      const row: Task = { ...task(1), metadata };
      expect(await store.put({ row, version: 3 }, 0)).toBe(true);
      expect(JSON.stringify(await store.get(row.taskId))).toBe(JSON.stringify({ row, version: 3 }));
    });

    it.each([
      { there: 0, seen: 1 },
      { there: 4, seen: 0 },
      { there: 4, seen: 3 },
      { there: 4, seen: 5 },
    ])('at version $there is not moved by a writer who saw $seen', async ({ there, seen }) => {
      const store = await fresh();
      const row = task(1);
      if (there > 0) await store.put({ row, version: there }, 0);
      const before = await store.get(row.taskId);
      expect(await store.put({ row: { ...row, priority: 9 }, version: 9 }, seen)).toBe(false);
      expect(await store.get(row.taskId)).toEqual(before);
    });

    it('is moved by one of many writers who saw the same version', async () => {
      const store = await fresh();
      const row = task(1);
      await store.put({ row, version: 1 }, 0);
      const puts = Array.from({ length: 10 }, (_, priority) => store.put({ row: { ...row, priority }, version: 2 }, 1));
      const outcomes = await Promise.all(puts);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await store.get(row.taskId)).toEqual({ row: { ...row, priority: outcomes.indexOf(true) }, version: 2 });
    });

    it('is found under what it is now, and no more under what it was', async () => {
      const store = await fresh();
      const row: Task = { ...task(1), status: 'pending' };
      const moved: Task = { ...row, status: 'assigned', assignedAgent: 'scaffold' };
      await store.put({ row, version: 1 }, 0);
      await store.put({ row: moved, version: 2 }, 1);
      await expect.poll(() => all(store, { assignedAgent: 'scaffold' })).toEqual([moved]);
      expect(await all(store, { status: 'pending' })).toEqual([]);
    });

    it('never shows in another model or generation', async () => {
      const name = `test-${randomUUID()}`;
      const [one, two, eleven] = await Promise.all(
        [1, 2, 11].map((generation) => open({ ...taskReadModel, name, generation })),
      );
      await one?.put({ row: task(1), version: 1 }, 0);
      await expect.poll(() => one?.query({ where: {}, limit: 5 })).toMatchObject({ items: [{}] });
      for (const other of [two, eleven, await fresh()]) {
        expect(await other?.get(task(1).taskId)).toBeUndefined();
        expect(await other?.query({ where: {}, limit: 5 })).toEqual({ items: [], nextCursor: null });
      }
    });
  });

  unlistedContract(fresh);

  describe(`a list over ${ROWS} rows`, () => {
    const tasks = Array.from({ length: ROWS }, (_, index) => task(index));
    let store: ReadModelStore<Task>;
    beforeAll(async () => {
      store = await fresh();
      await Promise.all(tasks.map((row) => store.put({ row, version: 1 }, 0)));
      await vi.waitFor(async () => expect(await all(store, {})).toHaveLength(ROWS), { timeout: 20_000 });
    });

    it.each<{ where: Partial<Task> }>([
      { where: {} },
      { where: { correlationId: 'corr_3' } },
      { where: { assignedAgent: 'scaffold' } },
      { where: { status: 'failed' } },
      { where: { type: 'common' } },
      { where: { status: 'completed', type: 'common' } },
      { where: { assignedAgent: 'scaffold', type: 'rare' } },
      { where: { correlationId: 'corr_3', assignedAgent: 'scaffold', status: 'failed', type: 'common' } },
      { where: { priority: 7 } },
    ])('of $where gives each match once, newest first, whatever the pages', async ({ where }) => {
      const matches = newestFirst(
        tasks.filter((row) => Object.entries(where).every(([f, v]) => row[f as 'type'] === v)),
      );
      expect(matches.length).toBeGreaterThan(0);
      for (const limit of [1, 7, 100]) expect(await all(store, where, limit)).toEqual(matches);
    });

    it('ends with a null cursor, also where its last page is full', async () => {
      const pages = [await store.query({ where: {}, limit: 20 })];
      for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor)
        pages.push(await store.query({ where: {}, limit: 20, cursor }));
      expect(pages.map(({ items, nextCursor }) => [items.length, nextCursor === null])).toEqual([
        [20, false],
        [20, false],
        [20, true],
      ]);
    });

    it.each<{ where: Partial<Task> }>([
      { where: { correlationId: 'corr' } },
      { where: { status: 'pending', assignedAgent: 'scaffold' } },
      { where: { type: 'never', status: 'failed' } },
      { where: { priority: 8 } },
    ])('of $where is empty', async ({ where }) => {
      expect(await all(store, where)).toEqual([]);
      expect(await store.query({ where, limit: 100 })).toEqual({ items: [], nextCursor: null });
    });

    it.each<{ mine: Partial<Task>; theirs: Partial<Task> }>([
      { mine: {}, theirs: { status: 'failed' } },
      { mine: { status: 'failed' }, theirs: {} },
      { mine: { status: 'failed' }, theirs: { status: 'completed' } },
      { mine: { type: 'common' }, theirs: { status: 'failed' } },
    ])('of $mine refuses the cursor of $theirs', async ({ mine, theirs }) => {
      const { nextCursor } = await store.query({ where: theirs, limit: 1 });
      expect(nextCursor).not.toBeNull();
      const query = { where: mine, limit: 1, cursor: nextCursor ?? '' };
      await expect(store.query(query)).rejects.toMatchObject(BAD_CURSOR);
    });

    it.each([
      { what: 'a word', cursor: 'garbage' },
      { what: 'no base64', cursor: '!!!' },
      { what: 'null', cursor: encoded(null) },
      { what: 'an empty list', cursor: encoded([]) },
      { what: 'an object', cursor: encoded({}) },
      { what: 'a list of three texts', cursor: encoded(['a', 'b', 'c']) },
      { what: 'a list of other things', cursor: encoded(['a', 1, null]) },
      { what: 'a list in a list', cursor: encoded([['a'], 'b', 'c']) },
      { what: 'a long text', cursor: 'A'.repeat(2000) },
    ])('refuses $what as a cursor', async ({ cursor }) => {
      await expect(store.query({ where: {}, limit: 5, cursor })).rejects.toMatchObject(BAD_CURSOR);
    });
  });
}

/** Ten share each creation time, so that order cannot hang on it alone. */
function task(index: number): Task {
  const status = STATUSES[index % 4] ?? 'pending';
  const createdAt = `2026-08-19T10:11:${String(Math.floor(index / 10)).padStart(2, '0')}.000Z`;
  return {
    taskId: `task_${String((index * 37) % 100).padStart(3, '0')}`,
    ...samplePayload.CreateTask,
    type: index % 20 === 7 ? 'rare' : 'common',
    priority: index === 20 || index === 41 ? 7 : 5,
    status,
    assignedAgent: status === 'pending' ? null : 'scaffold',
    result: null,
    error: null,
    correlationId: `corr_${index % 8}`,
    version: 1,
    createdAt,
    updatedAt: createdAt,
  };
}

function newestFirst(rows: readonly Task[]): Task[] {
  const key = (row: Task) => `${row.createdAt}#${row.taskId}`;
  return [...rows].sort((a, b) => (key(a) < key(b) ? 1 : -1));
}

async function all(store: ReadModelStore<Task>, where: Partial<Task>, limit = 25): Promise<Task[]> {
  const rows: Task[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.query>> = await store.query({
      where,
      limit,
      ...(cursor === null ? {} : { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
