import type { CommitPlace } from '../../shared/kernel/commit-place.ts';

const MINUTE_MS = 60_000;

/**
 * A commit is left to the stream for so long. It also covers writers' clocks, which make the positions and differ, and a put that came
 * later than its place says (a Lambda lives 15 minutes at most).
 */
const GRACE_MS = 15 * MINUTE_MS;

/** The index comes after the log. What it has not shown by then is taken to be all there. */
const OVERLAP_MS = 5 * MINUTE_MS;

/** What one sweep looks at. */
export interface SweepWindow {
  /** Commits from here on are the stream's yet. */
  until: string;
  /** Up to here nothing can turn up any more, so a checkpoint may stand here; what lies between is read again by the next sweep. */
  complete: string;
}

/** @param now ISO 8601, UTC. */
export function sweepWindow(now: string): SweepWindow {
  const ago = (ms: number) => new Date(Date.parse(now) - ms).toISOString();
  return { until: ago(GRACE_MS), complete: ago(GRACE_MS + OVERLAP_MS) };
}

/**
 * The furthest checkpoint behind these places, some of which are left unpublished: the last one before the first of those, and never
 * where something can turn up yet. `undefined`: none of them is behind us.
 */
export function checkpointAfter(
  places: readonly CommitPlace[],
  left: ReadonlySet<CommitPlace>,
  { complete }: SweepWindow,
): string | undefined {
  const first = places.findIndex((place) => left.has(place));
  const settled = (first === -1 ? places : places.slice(0, first)).at(-1)?.position;
  return settled === undefined || settled < complete ? settled : complete;
}
