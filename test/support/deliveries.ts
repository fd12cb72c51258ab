import type { Task } from '../../functions/contracts/api/task.ts';
import type { StoredEvent } from '../../functions/contracts/event.ts';
import type { TaskEvent } from '../../functions/contracts/events/task-events.ts';
import type { Commit, EventLog } from '../../functions/shared/platform/event-log.ts';
import type { ReadModelStore } from '../../functions/shared/platform/read-models.ts';
import { memoryEventLog } from './memory-event-log.ts';

/** What the drill did to the projector; each has to have happened, or the drill has shown nothing. */
export interface Mishaps {
  duplicates: number;
  reorders: number;
  /** The log was read for events that had not come. */
  gaps: number;
  /** Another delivery moved the row in between. */
  races: number;
  crashesBeforePut: number;
  crashesAfterPut: number;
}

export function noMishaps(): Mishaps {
  return { duplicates: 0, reorders: 0, gaps: 0, races: 0, crashesBeforePut: 0, crashesAfterPut: 0 };
}

/** Stores histories in commits of one to three events. */
export async function storedCommits(histories: readonly TaskEvent[][], random: () => number): Promise<Commit[]> {
  const log = memoryEventLog();
  const commits: Commit[] = [];
  for (const [index, history] of histories.entries()) {
    for (let at = 0; at < history.length; ) {
      const events = history.slice(at, at + 1 + Math.floor(random() * 3));
      const stream = await log.load(`task_${index}`);
      const committedAt = new Date(Date.UTC(2026, 7, 19) + 1000 * commits.length).toISOString();
      const metadata = { correlationId: `corr_${index}`, traceId: 'trace' };
      const commit = await log.append(stream, { commitId: `cmd_${commits.length}`, committedAt, events, metadata });
      if (commit === 'conflict') throw new Error('Nobody else writes here.');
      commits.push(commit);
      at += events.length;
    }
  }
  return commits;
}

/** Each event one to four times, in any order, in batches of one to six. */
export function deliveriesOf(events: readonly StoredEvent[], random: () => number): StoredEvent[][] {
  const copies = events.flatMap((event) => Array.from({ length: 1 + Math.floor(random() * 4) }, () => event));
  const shuffled = copies
    .map((event) => ({ event, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
  const batches: StoredEvent[][] = [];
  while (shuffled.length > 0) batches.push(shuffled.splice(0, 1 + Math.floor(random() * 6)));
  return batches;
}

/** The log as it was when a delivery came: an event can come early, but never before it was stored. */
export function growingLog(
  commits: readonly Commit[],
  mishaps: Mishaps,
): EventLog & { storedUpTo(event: StoredEvent): void } {
  const versions = new Map<string, number>();
  const storedVersion = (id: string) => versions.get(id) ?? 0;
  return {
    storedUpTo({ data: { aggregateId, version } }) {
      versions.set(aggregateId, Math.max(version, storedVersion(aggregateId)));
    },
    async load(aggregateId) {
      mishaps.gaps += 1;
      const stored = commits.filter(
        (one) => one.aggregateId === aggregateId && one.version <= storedVersion(aggregateId),
      );
      return { aggregateId, version: stored.at(-1)?.lastVersion ?? 0, commits: stored };
    },
    append: () => Promise.reject(new Error('A projection only reads the log.')),
  };
}

/** Rows whose writer dies now and then, before the write or before it could say that it wrote. */
export function crashingRows(rows: ReadModelStore<Task>, random: () => number, mishaps: Mishaps): ReadModelStore<Task> {
  return {
    ...rows,
    async put(next, seen) {
      const chance = random();
      if (chance < 0.15) {
        mishaps.crashesBeforePut += 1;
        throw new Error('died before the write');
      }
      const moved = await rows.put(next, seen);
      if (!moved) mishaps.races += 1;
      if (chance > 0.15 && chance < 0.3) {
        mishaps.crashesAfterPut += 1;
        throw new Error('died after the write');
      }
      return moved;
    },
  };
}
