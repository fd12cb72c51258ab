import type { NewEvent } from '../../kernel/decider.ts';

/** What all events of one commit share. */
export interface CommitMetadata {
  correlationId: string;
  causationId?: string;
  userId?: string;
  traceId: string;
}

/** Everything one command did to one aggregate, stored as one item: all of it is there or none. */
export interface Commit {
  aggregateId: string;
  /** The version of its first event. Two writers at one version meet on this key, whatever the sizes of their batches. */
  version: number;
  lastVersion: number;
  /** The command's id: recognises a commit whose answer was lost. */
  commitId: string;
  /** ISO 8601, UTC. */
  committedAt: string;
  /** Place in the order of commits over all aggregates, by the writers' clocks: read with an overlap, never as a counter. */
  position: string;
  events: readonly NewEvent[];
  metadata: CommitMetadata;
  /** Who published its events, where that is a user: types and data are his then. Without it they are domain events. */
  source?: string;
}

/** One aggregate's history as a consistent read saw it. Only what `load` gave can be appended to. */
export interface Stream {
  aggregateId: string;
  /** 0 where nothing has happened yet. */
  version: number;
  commits: readonly Commit[];
}

export interface NewCommit {
  commitId: string;
  /** ISO 8601, UTC. */
  committedAt: string;
  events: readonly NewEvent[];
  metadata: CommitMetadata;
  source?: string;
}

/**
 * The append-only log (seed: EventStore). Versions of an aggregate are gapless, and each is won by one writer.
 * Its rules are held by one contract suite that runs on every implementation.
 */
export interface EventLog {
  load(aggregateId: string): Promise<Stream>;
  /**
   * Appends right behind the stream's version. `conflict`: another writer was first, and nothing was written; load and decide again.
   * A commit that was stored by an earlier try whose answer was lost counts as appended.
   * The stream must come from `load`: the store guards the version where a commit begins, not those inside it.
   */
  append(stream: Stream, commit: NewCommit): Promise<Commit | 'conflict'>;
}

/**
 * A commit as it will stand in the log behind this stream. Clocks differ; an aggregate's time never steps back for that.
 *
 * @param writtenAt when it goes to the store: what its position tells, as whoever reads in that order waits for no late writer
 */
export function commitBehind(stream: Stream, commit: NewCommit, writtenAt: string = commit.committedAt): Commit {
  if (commit.events.length === 0) throw new Error('A commit holds at least one event.');
  const version = stream.version + 1;
  const last = stream.commits.at(-1);
  const committedAt = laterOf(commit.committedAt, last?.committedAt ?? '');
  const placedAt = laterOf(writtenAt, last?.position.slice(0, writtenAt.length) ?? '');
  return {
    ...commit,
    committedAt,
    aggregateId: stream.aggregateId,
    version,
    lastVersion: stream.version + commit.events.length,
    position: `${placedAt}_${stream.aggregateId}_${String(version).padStart(9, '0')}`,
  };
}

/** The same commit where it is written later than it was made: its place is the moment of its put. */
export function placedAt(commit: Commit, writtenAt: string): Commit {
  const [madeAt, rest] = [commit.position.slice(0, writtenAt.length), commit.position.slice(writtenAt.length)];
  return { ...commit, position: `${laterOf(madeAt, writtenAt)}${rest}` };
}

/** ISO 8601 timestamps in UTC sort as texts. */
function laterOf(one: string, other: string): string {
  return one.localeCompare(other) > 0 ? one : other;
}
