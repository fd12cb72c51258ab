import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { CommitPlace } from '../../kernel/commit-place.ts';
import { LOG_SHARDS } from './log-shards.ts';

/** Stands before every position. */
export const BEGINNING = '0';

/** The log's commits by their positions, in shards that are read side by side. It comes after the log: eventually consistent. */
export interface CommitOrder {
  shards: readonly string[];
  /** The first of a shard behind a position, 100 at most and in order; none where there are none yet. */
  after(shard: string, position: string): Promise<CommitPlace[]>;
}

/** A page of the feed, and as many as are compared with their marks in one call. */
const PAGE = 100;

/** The order in the log's index `byPosition`. */
export function dynamoCommitOrder(client: DynamoDBDocumentClient, logTable: string): CommitOrder {
  return {
    shards: LOG_SHARDS,
    async after(shard, position) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: logTable,
          IndexName: 'byPosition',
          KeyConditionExpression: '#shard = :shard AND #position > :position',
          ExpressionAttributeNames: { '#shard': 'shard', '#position': 'position' },
          ExpressionAttributeValues: { ':shard': shard, ':position': position },
          Limit: PAGE,
        }),
      );
      return Items.map((item) => ({
        aggregateId: item.aggregateId as string,
        version: item.version as number,
        position: item.position as string,
      }));
    },
  };
}
