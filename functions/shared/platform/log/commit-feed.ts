import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CommitPlace } from '../../kernel/commit-place.ts';
import { batchGet } from '../batch-get.ts';
import type { CommitOrder } from './commit-order.ts';
import { dynamoCommitOrder } from './commit-order.ts';
import { commitFromItem } from './dynamo-event-log.ts';
import type { Commit } from './event-log.ts';

/** All commits, whatever their aggregates, in the order of their positions. */
export interface CommitFeed {
  /** The first behind one position and before another, 100 at most. A full page means that there may be more. */
  read(after: string, before: string): Promise<Commit[]>;
}

/** Each shard gives as many, so that none of the first that all of them give together is missing. */
export const FEED_PAGE = 100;

/** A commit is shown once nobody can come before it any more: its writer gives up after 2 s, clocks differ by up to 2, and an index lags. */
const SETTLED_MS = 5000;

/** The end of what a feed may show now. @param now ISO 8601, UTC */
export function settledUntil(now: string): string {
  return new Date(Date.parse(now) - SETTLED_MS).toISOString();
}

/** @param load the commits at these places, in any order */
export function commitFeed(
  { shards, after: shardAfter }: CommitOrder,
  load: (places: readonly CommitPlace[]) => Promise<Commit[]>,
): CommitFeed {
  return {
    async read(after, before) {
      const pages = await Promise.all(shards.map((shard) => shardAfter(shard, after)));
      const places = inOrder(pages.flat()).filter(({ position }) => position < before);
      return inOrder(await load(places.slice(0, FEED_PAGE)));
    },
  };
}

export function dynamoCommitFeed(client: DynamoDBDocumentClient, table: string): CommitFeed {
  return commitFeed(dynamoCommitOrder(client, table), async (places) => {
    const Keys = places.map(({ aggregateId, version }) => ({ aggregateId, version }));
    const items = await batchGet<Record<string, unknown>>(client, table, { Keys, ConsistentRead: true });
    return items.map(commitFromItem);
  });
}

function inOrder<Place extends { position: string }>(places: readonly Place[]): Place[] {
  return [...places].sort((one, other) => (one.position < other.position ? -1 : 1));
}
