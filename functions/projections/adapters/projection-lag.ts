import type { ProjectionName } from '../../contracts/projections.ts';
import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import { BEGINNING } from '../../shared/platform/log/commit-order.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { followedEvents, momentOf } from './catch-up.ts';
import type { Checkpoint, ProjectionStore } from './projection-store.ts';

export interface LagPorts {
  store: Pick<ProjectionStore, 'read' | 'checkpoint' | 'looked' | 'lookedTo'>;
  feed: CommitFeed;
  /** ISO 8601, UTC. */
  now(): string;
}

/** How far a projection is behind the log. */
export interface Progress {
  checkpoint: Checkpoint | undefined;
  /** Milliseconds since the first event that it has not dealt with; 0 where there is none among those that are older than 5 s. */
  lag: number;
}

/** The feed for one look at several projections: what one of them has read, the others need not read again. */
export function sharedReads(feed: CommitFeed): CommitFeed {
  const pages = new Map<string, Promise<Commit[]>>();
  return {
    async read(after, before) {
      const key = `${after} ${before}`;
      const page = pages.get(key) ?? feed.read(after, before);
      pages.set(key, page);
      return page;
    },
  };
}

/**
 * Looks for the first event behind its checkpoint that a projection follows. What it does not follow is passed once: the next look begins
 * behind it. What was skipped in a pause is undone, and so is all that a look has not come to.
 *
 * @param maxPages of the log that are read at most
 */
export async function progressOf(ports: LagPorts, name: ProjectionName, maxPages: number): Promise<Progress> {
  const { store, now } = ports;
  const [{ state }, checkpoint] = await Promise.all([store.read(name), store.checkpoint(name)]);
  const { skippedFrom } = state;
  const undone =
    skippedFrom === undefined ? await firstUndone(ports, name, { checkpoint, maxPages }) : momentOf(skippedFrom);
  return { checkpoint, lag: undone === undefined ? 0 : Math.max(0, Date.parse(now()) - Date.parse(undone)) };
}

interface Look {
  checkpoint: Checkpoint | undefined;
  maxPages: number;
}

async function firstUndone(
  { store, feed, now }: LagPorts,
  name: ProjectionName,
  { checkpoint, maxPages }: Look,
): Promise<string | undefined> {
  const begun = (await store.looked(name)) ?? BEGINNING;
  const settled = settledUntil(now());
  let looked = begun;
  let undone: string | undefined;
  for (let page = 1; undone === undefined; page += 1) {
    const commits = await feed.read(looked, settled);
    const passed = untilAhead(name, commits, checkpoint);
    looked = passed.at(-1)?.position ?? looked;
    undone = commits[passed.length]?.committedAt;
    if (commits.length < FEED_PAGE) break;
    if (page === maxPages) undone ??= momentOf(looked);
  }
  if (looked !== begun) await store.lookedTo(name, looked);
  return undone;
}

/** The commits before the first one that has something for the projection behind its checkpoint. */
function untilAhead(name: ProjectionName, commits: Commit[], checkpoint: Checkpoint | undefined): Commit[] {
  const at = commits.findIndex((commit) => {
    const last = followedEvents(name, commit).at(-1);
    return last !== undefined && last.position > (checkpoint?.position ?? BEGINNING);
  });
  return at === -1 ? commits : commits.slice(0, at);
}
