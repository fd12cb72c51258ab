import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { eventApi, noted } from '../../support/events/event-api.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { DRILL, runs } from '../../support/seeds.ts';

memoryTable();
captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const START = Date.parse('2026-08-19T10:00:00.000Z');
const SETTLED = 5000;

/** Some share a beginning, and a moment: positions are compared as texts. */
const AGGREGATES = ['a', 'ab', 'a_b', 'A', 'task_1', 'task_10', 'breaker_x', 'evt_Z', 'agg-1', 'agg-2', 'agg-3'];

const commits = fc.array(
  fc.record({
    aggregate: fc.constantFrom(...AGGREGATES),
    events: fc.integer({ min: 1, max: 4 }),
    /** How long ago, by its writer's clock: some are newer than anything that may be shown. */
    age: fc.oneof(fc.constantFrom(0, SETTLED, SETTLED + 1), fc.integer({ min: -2000, max: 20_000 })),
  }),
  { maxLength: 60 },
);
type Commits = { aggregate: string; events: number; age: number }[];

async function given(all: Commits) {
  const api = eventApi();
  const write = async (some: Commits, oldest = Number.NEGATIVE_INFINITY) => {
    for (const { aggregate, events, age } of some) {
      const at = new Date(Math.max(Date.now() - age, oldest)).toISOString();
      await api.append(aggregate, noted(...Array(events).fill('x')), at);
    }
  };
  await write(all);
  return { ...api, write };
}

type Reader = Pick<Awaited<ReturnType<typeof given>>, 'page' | 'write'>;

interface Walk {
  limit: string;
  byCursor: boolean;
  /** What is written between pages. */
  between: Commits[];
}

/** Walks by the cursor while there is one, and by the last position from there on, until there is nothing more for long. */
async function walk(api: Reader, { limit, between, byCursor }: Walk): Promise<AnyEvent[]> {
  const seen: AnyEvent[] = [];
  let where: Record<string, string> = {};
  for (let idle = 0; idle < 2; idle += 1) {
    const { items, nextCursor } = await api.page({ limit, ...where });
    expect(items.every(({ position }) => position < new Date(Date.now() - SETTLED).toISOString())).toBe(true);
    seen.push(...items);
    where = whereNext(seen.at(-1)?.position, byCursor ? nextCursor : null);
    if (await timePasses(api, between, items.length > 0)) idle = -1;
  }
  return seen;
}

function whereNext(since: string | undefined, cursor: string | null): Record<string, string> {
  if (cursor !== null) return { cursor };
  return since === undefined ? {} : { since };
}

/** What is written now is placed now: nothing that may be shown already can still come. Says whether it was not in vain. */
async function timePasses(api: Reader, between: Commits[], isAny: boolean): Promise<boolean> {
  const more = between.shift();
  if (more !== undefined) await api.write(more, Date.now() - SETTLED);
  vi.setSystemTime(Date.now() + (more === undefined && !isAny ? 10 * SETTLED : 900));
  return isAny || more !== undefined;
}

function expectWhole(seen: readonly AnyEvent[], all: readonly { aggregateId: string; lastVersion: number }[]): void {
  const last = new Map(all.map(({ aggregateId, lastVersion }) => [aggregateId, lastVersion]));
  for (const [aggregateId, count] of last) {
    const own = seen.filter(({ data }) => data.aggregateId === aggregateId).map(({ eventId }) => eventId);
    const first = [...new Set(own)];
    expect(first).toEqual(Array.from({ length: count }, (_, index) => `${aggregateId}-${index + 1}`));
  }
}

describe('whoever reads the whole log along', () => {
  it(
    'sees every event, each aggregate’s in order, and nothing too early, however the pages are cut',
    DRILL,
    async () => {
      const met = { cut: 0, appended: 0, young: 0, cursor: 0, position: 0 };
      await fc.assert(
        fc.asyncProperty(
          commits,
          fc.array(commits, { maxLength: 4 }),
          fc.constantFrom('1', '2', '3', '7', '100'),
          fc.boolean(),
          async (first, between, limit, byCursor) => {
            vi.useFakeTimers({ toFake: ['Date'], now: START });
            const api = await given(first);
            met.young += first.filter(({ age }) => age < SETTLED).length;
            met.appended += between.flat().length;
            met[byCursor ? 'cursor' : 'position'] += 1;
            met.cut += limit === '1' && api.commits.some(({ events }) => events.length > 1) ? 1 : 0;
            const seen = await walk(api, { limit, between, byCursor });
            expectWhole(seen, api.commits);
            expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(seen.length);
          },
        ),
        { numRuns: runs() },
      );
      for (const [what, count] of Object.entries(met)) expect({ what, count }).not.toEqual({ what, count: 0 });
    },
  );

  it.each([
    ['one shard', () => 'one', 3],
    ['all shards', (index: number) => `agg-${index % 40}`, 3],
    ['one moment', (index: number) => `agg-${index}`, 1000],
  ])('sees every event of a log that is longer than what one look reads: in %s', async (_where, idOf, perMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const api = await given([]);
    for (let index = 0; index < 330; index += 1) {
      const at = new Date(START - 60_000 + Math.floor(index / perMs)).toISOString();
      await api.append(idOf(index), noted('x'), at);
    }
    for (const byCursor of [true, false]) {
      const seen = await walk(api, { limit: '100', between: [], byCursor });
      expect(seen).toHaveLength(330);
      expectWhole(seen, api.commits);
    }
  });
});
