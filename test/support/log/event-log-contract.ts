import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit, EventLog, NewCommit, Stream } from '../../../functions/shared/platform/log/event-log.ts';
import { DRILL, seededRandom } from '../seeds.ts';
import type { Losses } from './lost-answers.ts';

/** A log that loses answers. `seen`: its writers get the error; otherwise the client behind it tries again by itself. */
export interface LosingLogUnderTest extends Losses {
  log: EventLog;
  seen: boolean;
}

export interface EventLogUnderTest {
  open: () => Promise<EventLog>;
  openLosing: (random: () => number) => Promise<LosingLogUnderTest>;
  /** Runs of each drill. */
  drills: number;
}

const WRITERS = 50;

/** The rules of every EventLog. Each test writes to aggregates of its own, so a log may be shared. */
export function eventLogContract({ open, openLosing, drills }: EventLogUnderTest): void {
  describe('a stream', () => {
    it('is empty and at version 0 before anything has happened', async () => {
      const id = newAggregate();
      expect(await (await open()).load(id)).toEqual({ aggregateId: id, version: 0, commits: [] });
    });

    it('gives back every commit as append answered it, oldest first', async () => {
      const log = await open();
      const id = newAggregate();
      const first = await appended(log, id, { ...batch(2), metadata: { correlationId: 'c', traceId: 't' } });
      const second = await appended(log, id, batch(3));
      expect(await log.load(id)).toEqual({ aggregateId: id, version: 5, commits: [first, second] });
      expect([first.version, first.lastVersion, second.version, second.lastVersion]).toEqual([1, 2, 3, 5]);
    });

    it('keeps any JSON as it was: deep, huge, odd, empty', async () => {
      await expectKept(await open(), nastyData());
    });

    it('keeps whatever JSON comes along', DRILL, async () => {
      const log = await open();
      const values = fc.array(fc.jsonValue({ maxDepth: 6 }), { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(values, (all) =>
          expectKept(
            log,
            all.map((value) => ({ value })),
          ),
        ),
        { numRuns: 10 },
      );
    });

    it('comes whole where it is longer than one page of a store', async () => {
      const log = await open();
      const id = newAggregate();
      const text = 'long '.repeat(40_000);
      for (let commit = 0; commit < 8; commit += 1) {
        await appended(log, id, { ...batch(1), events: [{ type: 'Grown', data: { text } }] });
      }
      const stream = await log.load(id);
      expect(stream.version).toBe(8);
      expect(versionsOf(stream)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("has positions in the order of its versions, also within one millisecond and where a writer's clock is behind", async () => {
      const log = await open();
      const id = newAggregate();
      const at = (second: number) => `2026-08-19T10:11:${String(second).padStart(2, '0')}.000Z`;
      const times = [at(30), ...Array.from({ length: 11 }, () => at(30)), at(10), at(31)];
      for (const committedAt of times) await appended(log, id, { ...batch(1), committedAt });
      const { commits } = await log.load(id);
      const positions = commits.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(times.length);
      expect(commits.at(12)?.committedAt).toBe(at(30));
      expect(commits.at(13)?.committedAt).toBe(at(31));
    });

    it('never meets another, not even under the same command id or the beginning of its name', async () => {
      const log = await open();
      const id = newAggregate();
      const commit = batch(2);
      const mine = await appended(log, id, commit);
      const other = await appended(log, `${id}-1`, commit);
      expect((await log.load(id)).commits).toEqual([mine]);
      expect((await log.load(`${id}-1`)).commits).toEqual([other]);
    });
  });

  describe('append', () => {
    it.each([
      { mine: 1, theirs: 1 },
      { mine: 5, theirs: 1 },
      { mine: 1, theirs: 5 },
      { mine: 3, theirs: 4 },
    ])('gives a version to the first writer only: $theirs events there, $mine to come', async ({ mine, theirs }) => {
      const log = await open();
      const id = newAggregate();
      await appended(log, id, batch(1));
      const stream = await log.load(id);
      const winner = await log.append(stream, batch(theirs));
      expect(await log.append(stream, batch(mine))).toBe('conflict');
      expect((await log.load(id)).commits.slice(1)).toEqual([winner]);
    });

    it('takes the same command id at the same place for a lost answer, and gives the stored commit', async () => {
      const log = await open();
      const id = newAggregate();
      const stream = await log.load(id);
      const commit = batch(2);
      const stored = await log.append(stream, commit);
      expect(await log.append(stream, { ...batch(4), commitId: commit.commitId })).toEqual(stored);
      expect((await log.load(id)).commits).toEqual([stored]);
    });

    it('recognises its commit also where others have gone on behind it', async () => {
      const log = await open();
      const id = newAggregate();
      const stream = await log.load(id);
      const commit = batch(2);
      const stored = await log.append(stream, commit);
      await appended(log, id, batch(3));
      expect(await log.append(stream, commit)).toEqual(stored);
      expect((await log.load(id)).version).toBe(5);
    });

    it('refuses an empty commit and writes nothing', async () => {
      const log = await open();
      const id = newAggregate();
      const stream = await log.load(id);
      await expect(async () => log.append(stream, batch(0))).rejects.toThrow('at least one event');
      expect((await log.load(id)).commits).toEqual([]);
    });
  });

  describe(`${WRITERS} writers at once`, () => {
    it(
      'at one version: one wins, the others hear of a conflict, and no version is missing or twice',
      DRILL,
      async () => {
        const log = await open();
        await fc.assert(
          fc.asyncProperty(fc.array(batchSizes, { minLength: 3, maxLength: 3 }), async (rounds) => {
            const id = newAggregate();
            const winners: Commit[] = [];
            for (const sizes of rounds) winners.push(await winnerOf(log, id, sizes));
            const stream = await log.load(id);
            expect(stream.commits).toEqual(winners);
            expectGapless(stream);
          }),
          { numRuns: drills, endOnFailure: true },
        );
      },
    );

    it('with lost answers: every command is in the log once, and no version is missing or twice', DRILL, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), batchSizes, async (seed, sizes) => {
          const random = seededRandom(seed);
          const { log, lost, seen } = await openLosing(random);
          const id = newAggregate();
          const commits = sizes.map(batch);
          const runs = await Promise.all(commits.map((commit) => writeUntilStored({ log, id, random }, commit)));
          const stream = await log.load(id);
          expect(lost()).toBeGreaterThan(0);
          expect(runs.filter((run) => run === 'found at loading')).toHaveLength(seen ? lost() : 0);
          expect(stream.commits.map((one) => one.commitId).sort()).toEqual(commits.map((one) => one.commitId).sort());
          expectGapless(stream);
        }),
        { numRuns: drills, endOnFailure: true },
      );
    });
  });
}

const batchSizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: WRITERS, maxLength: WRITERS });

function newAggregate(): string {
  return `agg_${randomUUID()}`;
}

function batch(size: number): NewCommit {
  const id = randomUUID();
  const events = Array.from({ length: size }, (_, index): NewEvent => ({ type: 'Counted', data: { id, index } }));
  const metadata = { correlationId: `corr_${id}`, causationId: 'req', userId: '', traceId: '1-00-00' };
  return { commitId: `cmd_${id}`, committedAt: '2026-08-19T10:11:12.345Z', events, metadata };
}

/** For tests where nobody else writes. */
async function appended(log: EventLog, aggregateId: string, commit: NewCommit): Promise<Commit> {
  const outcome = await log.append(await log.load(aggregateId), commit);
  if (outcome === 'conflict') throw new Error(`${aggregateId} has another writer.`);
  return outcome;
}

/** As text, so that every own key counts: `toEqual` looks past some. */
async function expectKept(log: EventLog, data: object[]): Promise<void> {
  const id = newAggregate();
  const events = data.map((one) => ({ type: 'Kept', data: one }));
  await appended(log, id, { ...batch(1), events });
  const [commit] = (await log.load(id)).commits;
  expect(JSON.stringify(commit?.events)).toBe(JSON.stringify(events));
}

function nastyData(): object[] {
  const deep = JSON.parse(`${'{"a":['.repeat(15)}1${']}'.repeat(15)}`) as object;
  const proto = JSON.parse('{"__proto__":{"admin":true},"constructor":null,"a":{"__proto__":1}}') as object;
  return [
    {},
    deep,
    proto,
    { huge: 1e300, tiny: 5e-324, precise: 0.1 + 0.2, long: 12345678901234567000, negative: -1e-300 },
    { empty: '', '': [], nothing: null, list: [[], {}, '', null, false] },
    { unicode: 'Ж 日本 🦊 \u0000 \u2028 \ud800', '🔑': '\\"/\b\f\n\r\t' },
  ];
}

async function winnerOf(log: EventLog, id: string, sizes: readonly number[]): Promise<Commit> {
  const streams = await Promise.all(sizes.map(() => log.load(id)));
  const outcomes = await Promise.all(streams.map((stream, index) => log.append(stream, batch(sizes[index] ?? 1))));
  const winners = outcomes.filter((outcome) => outcome !== 'conflict');
  expect(winners).toHaveLength(1);
  return winners[0] as Commit;
}

interface Writing {
  log: EventLog;
  id: string;
  random: () => number;
}

/** Load, append, and on a conflict or a lost answer again under the same command id, as the command handler's callers do. */
async function writeUntilStored({ log, id, random }: Writing, commit: NewCommit): Promise<string> {
  for (let tries = 0; tries < 20 * WRITERS; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, random() * 5 * Math.min(tries, 10)));
    const stream = await log.load(id);
    if (stream.commits.some((one) => one.commitId === commit.commitId)) return 'found at loading';
    try {
      if ((await log.append(stream, commit)) !== 'conflict') return 'answered';
    } catch (error) {
      if ((error as { code?: string }).code !== 'ECONNRESET') throw error;
    }
  }
  throw new Error(`${commit.commitId} was never stored.`);
}

function versionsOf(stream: Stream): number[] {
  return stream.commits.flatMap((commit) => {
    const size = commit.lastVersion - commit.version + 1;
    return size === commit.events.length ? commit.events.map((_, index) => commit.version + index) : [Number.NaN];
  });
}

function expectGapless(stream: Stream): void {
  const versions = versionsOf(stream);
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(stream.version).toBe(versions.length);
}
