import type { CommitPlace } from '../../../functions/shared/kernel/commit-place.ts';
import type { CommitOrder } from '../../../functions/shared/platform/log/commit-order.ts';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { LOG_SHARDS, shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';

/** A log in memory with its order, as the table has its index. */
export interface OrderedLog {
  log: EventLog;
  order: CommitOrder;
  /** All commits, in the order in which they were appended. */
  commits: readonly Commit[];
}

/** The order shows a commit as soon as `isShown` says so: DynamoDB's index comes after its table. */
export function memoryOrderedLog(isShown: (commit: Commit) => boolean = () => true): OrderedLog {
  const log = memoryEventLog();
  const commits: Commit[] = [];
  const append: EventLog['append'] = async (stream, newCommit) => {
    const commit = await log.append(stream, newCommit);
    const isNew = commit !== 'conflict' && !commits.some(({ position }) => position === commit.position);
    if (isNew) commits.push(commit);
    return commit;
  };
  const after = async (shard: string, position: string): Promise<CommitPlace[]> =>
    commits
      .filter((one) => shardOf(one.aggregateId) === shard && one.position > position && isShown(one))
      .sort((a, b) => (a.position < b.position ? -1 : 1))
      .slice(0, 100)
      .map((one) => ({ aggregateId: one.aggregateId, version: one.version, position: one.position }));
  return { log: { load: log.load, append }, order: { shards: LOG_SHARDS, after }, commits };
}
