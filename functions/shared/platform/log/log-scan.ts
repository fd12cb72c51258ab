import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { commitFromItem } from './dynamo-event-log.ts';
import type { Commit } from './event-log.ts';

/** Where a scan goes on; only the scan itself knows what it means. */
export type ScanPlace = Readonly<Record<string, unknown>>;

export interface ScanPage {
  /** Commits of one aggregate stand together, unless a page ends between them. */
  commits: Commit[];
  /** Left out on the last page. */
  after?: ScanPlace | undefined;
}

/** The whole log in parts that are read side by side, in no order of time. Consistent: it has all that was committed before the read. */
export interface LogScan {
  read(segment: number, after?: ScanPlace): Promise<ScanPage>;
}

/** A page is applied as a whole before its place is kept, so it must not take long. */
const PAGE = 200;

/** DynamoDB's parallel scan: each segment is a range of hashes of aggregate ids (developer guide, "Parallel scan"). */
export function dynamoLogScan(client: DynamoDBDocumentClient, table: string, segments: number): LogScan {
  return {
    async read(segment, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          Segment: segment,
          TotalSegments: segments,
          Limit: PAGE,
          ...(after !== undefined && { ExclusiveStartKey: after }),
        }),
      );
      return { commits: Items.map(commitFromItem), after: LastEvaluatedKey };
    },
  };
}
