/** The order of commits is kept in so many parts: one alone would take every write of the log. */
const COUNT = 8;

export const LOG_SHARDS: readonly string[] = Array.from({ length: COUNT }, (_, index) => `shard-${index}`);

/** All commits of an aggregate stand in one shard. */
export function shardOf(aggregateId: string): string {
  let hash = 0;
  for (const char of aggregateId) hash = (hash * 31 + char.charCodeAt(0)) % 2_147_483_647;
  return `shard-${hash % COUNT}`;
}
