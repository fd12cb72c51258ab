import type { StoredEvent } from '../../contracts/event.ts';
import type { ProjectionName } from '../../contracts/projections.ts';
import { PROJECTIONS } from '../../contracts/projections.ts';
import type { ProjectionState } from '../../shared/kernel/projection-state.ts';
import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { storedEvents } from '../../shared/platform/log/stored-event.ts';
import { hasRowOf, isFollowed } from '../domain/followed.ts';
import { caughtUp, caughtUpTo } from '../domain/projection-changes.ts';
import { handleFailure } from './failing-projection.ts';
import { applyEvent } from './live-projection.ts';
import type { ProjectionPorts } from './projection-ports.ts';
import { changeState } from './projection-store.ts';

/** Nothing that was skipped stands further behind the resume: a commit's place may be some seconds ahead of the clock. */
const MARGIN_MS = 15_000;

export interface CatchUpPorts extends ProjectionPorts {
  feed: CommitFeed;
  paused(name: ProjectionName): void;
}

/**
 * Applies what came in a pause. Answers whether there is more to do later: the end of the log is still moving, or time is up. Each page
 * is applied to the generations of its own moment.
 *
 * @param isTimeUp asked between pages
 */
export async function catchUp(ports: CatchUpPorts, name: ProjectionName, isTimeUp: () => boolean): Promise<boolean> {
  const { state } = await ports.store.read(name);
  const { skippedFrom, resumedAt = '', pause } = state;
  if (skippedFrom === undefined || pause !== undefined) return false;
  const end = new Date(Date.parse(resumedAt) + MARGIN_MS).toISOString();
  const reached = await applyFrom(ports, name, { from: momentOf(skippedFrom), end }, isTimeUp);
  if (reached === 'paused') return false;
  const change = reached === 'end' ? caughtUp(resumedAt) : caughtUpTo(resumedAt, reached);
  const changed = await changeState(ports.store, name, change);
  return reached !== 'end' && changed !== undefined;
}

/** Answers how far it came. */
async function applyFrom(
  ports: CatchUpPorts,
  name: ProjectionName,
  { from, end }: { from: string; end: string },
  isTimeUp: () => boolean,
): Promise<string> {
  for (let after = from; ; ) {
    const { commits, isThrough, isEnd } = await pageBehind(ports, after, end);
    if (!(await applied(ports, name, commits))) return 'paused';
    if (isEnd) return 'end';
    after = commits.at(-1)?.position ?? after;
    if (isThrough || isTimeUp()) return after;
  }
}

/** `isThrough`: there is nothing more yet; `isEnd`: and there will not be. */
async function pageBehind({ feed, now }: CatchUpPorts, after: string, end: string) {
  const settled = settledUntil(now());
  const commits = await feed.read(after, settled < end ? settled : end);
  const isThrough = commits.length < FEED_PAGE;
  return { commits, isThrough, isEnd: isThrough && settled >= end };
}

/** Stands before every position of that millisecond. */
export function momentOf(position: string): string {
  return position.slice(0, '2026-01-01T00:00:00.000Z'.length);
}

/** `false`: the projection is paused again, and what is left stays owed. */
async function applied(ports: CatchUpPorts, name: ProjectionName, commits: readonly Commit[]): Promise<boolean> {
  const { state } = await ports.store.read(name);
  if (state.pause !== undefined) return false;
  const events = commits.flatMap((commit) => followedEvents(name, commit));
  // They may have failed before the pause, and come again in it.
  const mayWait = events.length > 0 && (await ports.failed.count(name)) > 0;
  for (const event of events) if (!(await isDealtWith(ports, name, { state, mayWait }, event))) return false;
  const last = events.at(-1);
  if (last !== undefined) await ports.store.advance(name, { position: last.position, updatedAt: ports.now() });
  return true;
}

/** Applied, or kept among the failed: no queue will bring it again. `false`: it was one failure too many. */
async function isDealtWith(
  ports: CatchUpPorts,
  name: ProjectionName,
  { state, mayWait }: { state: ProjectionState; mayWait: boolean },
  event: StoredEvent,
): Promise<boolean> {
  const { eventId, eventType } = event;
  try {
    await applyEvent(ports, name, state, event);
    if (mayWait) await ports.failed.settle(name, eventId);
    return true;
  } catch (error) {
    const { aggregateId } = event.data;
    const isPaused = await handleFailure(ports, name, { eventId, eventType, aggregateId, error });
    if (isPaused) ports.paused(name);
    return !isPaused;
  }
}

/** What the bus brings to a projection of a commit. */
export function followedEvents(name: ProjectionName, commit: Commit): StoredEvent[] {
  const source = PROJECTIONS[name];
  if (commit.source !== undefined || !hasRowOf(source, commit.aggregateId)) return [];
  return storedEvents(commit).filter((event) => isFollowed(source, event));
}
