import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import type { LogScan } from '../../../functions/shared/platform/log/log-scan.ts';
import { shardOf } from '../../../functions/shared/platform/log/log-shards.ts';

/**
 * A parallel scan of commits in memory: as in DynamoDB, an aggregate's commits stand together in one segment, and a page may end between
 * them.
 *
 * @param commits as they are at the moment of each read
 */
export function memoryLogScan(commits: () => readonly Commit[], page = 7): LogScan {
  return {
    async read(segment, after) {
      const own = commits().filter(
        ({ aggregateId }) => Number(shardOf(aggregateId).slice('shard-'.length)) === segment,
      );
      const sorted = [...own].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
      const behind = after === undefined ? sorted : sorted.filter((one) => keyOf(one) > (after.key as string));
      const some = behind.slice(0, page);
      const last = some.at(-1);
      const isLast = some.length === behind.length || last === undefined;
      return { commits: some, after: isLast ? undefined : { key: keyOf(last) } };
    },
  };
}

const keyOf = ({ aggregateId, version }: Commit): string => `${aggregateId}#${String(version).padStart(9, '0')}`;
