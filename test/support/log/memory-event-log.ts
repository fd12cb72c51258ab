import type { Commit, EventLog, NewCommit, Stream } from '../../../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../../../functions/shared/platform/log/event-log.ts';

/** Commits as JSON text by their first version, as the table keeps them: nobody shares an object with the log. */
type Table = Map<string, Map<number, string>>;

/** The log in memory, for tests. The contract suite holds it to the same rules as the one in DynamoDB. */
export function memoryEventLog(): EventLog {
  const table: Table = new Map();
  return {
    load: async (aggregateId) => load(table, aggregateId),
    append: async (stream, commit) => append(table, stream, commit),
  };
}

function load(table: Table, aggregateId: string): Stream {
  const items = [...(table.get(aggregateId) ?? [])].sort(([a], [b]) => a - b);
  const commits = items.map(([, text]) => JSON.parse(text) as Commit);
  return { aggregateId, version: commits.at(-1)?.lastVersion ?? 0, commits };
}

/** The key is the first version, no more: like the table, it does not see what lies inside a commit. */
function append(table: Table, stream: Stream, newCommit: NewCommit): Commit | 'conflict' {
  const commit = commitBehind(stream, newCommit);
  const items = table.get(commit.aggregateId) ?? new Map<number, string>();
  const stored = items.get(commit.version);
  if (stored !== undefined) return ownCommit(JSON.parse(stored) as Commit, commit);
  table.set(commit.aggregateId, items.set(commit.version, JSON.stringify(commit)));
  return commit;
}

function ownCommit(stored: Commit, commit: Commit): Commit | 'conflict' {
  return stored.commitId === commit.commitId ? stored : 'conflict';
}
