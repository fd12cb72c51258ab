import type { ProjectionName } from '../../contracts/projections.ts';
import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import { BEGINNING } from '../../shared/platform/log/commit-order.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { followedEvents, momentOf } from './catch-up.ts';
import type { Checkpoint, ProjectionStore } from './projection-store.ts';

export interface LagPorts {
  store: Pick<ProjectionStore, 'checkpoint' | 'looked' | 'lookedTo'>;
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
 * behind it. A look that does not come to the end of the log takes all that it has not seen for undone.
 *
 * @param maxPages of the log that are read at most
 */
export async function progressOf(
  { store, feed, now }: LagPorts,
  name: ProjectionName,
  maxPages: number,
): Promise<Progress> {
  const [checkpoint, begun = BEGINNING] = await Promise.all([store.checkpoint(name), store.looked(name)]);
  const settled = settledUntil(now());
  let looked = begun;
  let ahead: string | undefined;
  for (let page = 1; ahead === undefined; page += 1) {
    const commits = await feed.read(looked, settled);
    const passed = untilAhead(name, commits, checkpoint);
    looked = passed.at(-1)?.position ?? looked;
    ahead = commits[passed.length]?.committedAt;
    if (commits.length < FEED_PAGE) break;
    if (page === maxPages) ahead ??= momentOf(looked);
  }
  if (looked !== begun) await store.lookedTo(name, looked);
  return { checkpoint, lag: ahead === undefined ? 0 : Date.parse(now()) - Date.parse(ahead) };
}

/** The commits before the first one that has something for the projection behind its checkpoint. */
function untilAhead(name: ProjectionName, commits: Commit[], checkpoint: Checkpoint | undefined): Commit[] {
  const at = commits.findIndex((commit) => {
    const last = followedEvents(name, commit).at(-1);
    return last !== undefined && last.position > (checkpoint?.position ?? BEGINNING);
  });
  return at === -1 ? commits : commits.slice(0, at);
}
