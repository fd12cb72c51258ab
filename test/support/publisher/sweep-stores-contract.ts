import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import type { CommitPlace } from '../../../functions/shared/kernel/commit-place.ts';
import type { CommitOrder } from '../../../functions/shared/platform/log/commit-order.ts';
import { BEGINNING } from '../../../functions/shared/platform/log/commit-order.ts';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import type { Marks } from './memory-marks.ts';

export interface SweepStores {
  log: EventLog;
  order: CommitOrder;
  marks: Marks;
}

/** The rules of what a sweep reads and keeps. Each group writes under names of its own; the order may show it late. */
export function sweepStoresContract(open: () => Promise<SweepStores>): void {
  describe('the order of commits', () => {
    const SIZES = [...Array.from({ length: 12 }, () => 2), 130];
    let order: CommitOrder;
    let shown: Map<string, CommitPlace[]>;
    let commits: Commit[];
    beforeAll(async () => {
      const { log, ...stores } = await open();
      order = stores.order;
      commits = (await Promise.all(SIZES.map((size) => written(log, size)))).flat();
      const ids = new Set(commits.map(({ aggregateId }) => aggregateId));
      await vi.waitFor(
        async () => {
          shown = await walked(order, ids);
          expect([...shown.values()].flat()).toHaveLength(commits.length);
        },
        { timeout: 20_000 },
      );
    });

    it('shows each commit once, by its key and position', () => {
      const wanted = commits.map(({ aggregateId, version, position }) => ({ aggregateId, version, position }));
      expect(byPosition([...shown.values()].flat())).toEqual(byPosition(wanted));
    });

    it('shows a shard in the order of positions', () => {
      for (const places of shown.values()) expect(places).toEqual(byPosition(places));
    });

    it('spreads aggregates over shards, and keeps each in one', () => {
      const filled = [...shown.values()].filter((places) => places.length > 0);
      expect(filled.length).toBeGreaterThan(1);
      const ids = filled.flatMap((places) => [...new Set(places.map(({ aggregateId }) => aggregateId))]);
      expect(ids).toHaveLength(SIZES.length);
    });

    it('goes on behind any position, with 100 at most', async () => {
      const [shard, places] = [...shown].find(([, { length }]) => length >= 130) as [string, CommitPlace[]];
      const first = await order.after(shard, BEGINNING);
      expect(first).toHaveLength(100);
      expect(await order.after(shard, first[41]?.position ?? '')).toEqual(
        [...first, ...(await order.after(shard, first[99]?.position ?? ''))].slice(42, 142),
      );
      expect(await order.after(shard, places.at(-1)?.position ?? '')).toEqual([]);
    });
  });

  describe('commits without a mark', () => {
    const publication = (status: Publication['status'], [event]: ReturnType<typeof storedEvents>): Publication[] => [
      { event: event as Publication['event'], status, attempts: 1 },
    ];

    it('are those of which nothing is told, neither good nor bad, in the order in which they were asked for', async () => {
      const { log, marks } = await open();
      const [a, b] = [await written(log, 3), await written(log, 3)] as [Commit[], Commit[]];
      const all = [...b, ...a] as [Commit, Commit, Commit, Commit, Commit, Commit];
      await marks.mark(all[1], publication('published', storedEvents(all[1])));
      await marks.mark(all[3], publication('failed', storedEvents(all[3])));
      expect(await marks.unmarked(all)).toEqual([all[0], all[2], all[4], all[5]]);
      expect(await marks.unmarked([all[1], all[3]])).toEqual([]);
      expect(await marks.unmarked([])).toEqual([]);
    });

    it('are found among any number', async () => {
      const { marks } = await open();
      const id = `agg_${randomUUID()}`;
      const keys = Array.from({ length: 230 }, (_, index) => ({ aggregateId: id, version: index + 1 }));
      const commit = { ...keys[150], events: [] } as unknown as Commit;
      await marks.mark(commit, [{ status: 'published', attempts: 1 } as Publication]);
      expect(await marks.unmarked(keys)).toEqual(keys.filter(({ version }) => version !== 151));
    });
  });

  describe('a checkpoint', () => {
    const at = (minute: number) => `2026-08-19T10:${String(minute).padStart(2, '0')}:00.000Z`;

    it('is not there before a shard was swept', async () => {
      const { marks } = await open();
      expect(await marks.checkpoints.find(randomUUID())).toBeUndefined();
    });

    it('moves on, and never back', async () => {
      const { checkpoints } = (await open()).marks;
      const shard = randomUUID();
      for (const [to, then] of [
        [10, 10],
        [11, 11],
        [9, 11],
        [11, 11],
        [12, 12],
      ] as const) {
        await checkpoints.advance(shard, at(to));
        expect(await checkpoints.find(shard)).toBe(at(then));
      }
    });

    it('is the furthest of many that are set at once, whatever the other shards do', async () => {
      const { checkpoints } = (await open()).marks;
      const [shard, other] = [randomUUID(), randomUUID()];
      await checkpoints.advance(other, at(1));
      await Promise.all([3, 17, 8, 20, 5, 12].map((minute) => checkpoints.advance(shard, at(minute))));
      expect([await checkpoints.find(shard), await checkpoints.find(other)]).toEqual([at(20), at(1)]);
    });
  });
}

/** A new aggregate with so many commits of one event each, several of them in one millisecond. */
async function written(log: EventLog, commits: number): Promise<Commit[]> {
  const aggregateId = `agg_${randomUUID()}`;
  for (let index = 0; index < commits; index += 1) {
    await log.append(await log.load(aggregateId), {
      commitId: `cmd_${randomUUID()}`,
      committedAt: new Date(Date.UTC(2026, 7, 19) + Math.floor(index / 3)).toISOString(),
      events: [{ type: 'Noted', data: { index } }],
      metadata: { correlationId: 'corr', traceId: 'trace' },
    });
  }
  return [...(await log.load(aggregateId)).commits];
}

/** Everything that the order shows of these aggregates, by shard: a store may be shared. */
async function walked(order: CommitOrder, ids: ReadonlySet<string>): Promise<Map<string, CommitPlace[]>> {
  const shown = new Map<string, CommitPlace[]>();
  for (const shard of order.shards) {
    const places: CommitPlace[] = [];
    let page = await order.after(shard, BEGINNING);
    while (page.length > 0) {
      places.push(...page);
      page = await order.after(shard, page.at(-1)?.position ?? '');
    }
    shown.set(
      shard,
      places.filter(({ aggregateId }) => ids.has(aggregateId)),
    );
  }
  return shown;
}

function byPosition(places: readonly CommitPlace[]): CommitPlace[] {
  return [...places].sort((a, b) => (a.position < b.position ? -1 : 1));
}
