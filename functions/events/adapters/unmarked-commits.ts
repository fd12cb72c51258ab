import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CommitKey } from '../../shared/kernel/commit-place.ts';
import { batchGet } from '../../shared/platform/batch-get.ts';

/** Those of some different commits that have no publication mark, whatever it would say; in their order. Consistent. */
export type UnmarkedCommits = <Key extends CommitKey>(commits: readonly Key[]) => Promise<Key[]>;

export function dynamoUnmarkedCommits(client: DynamoDBDocumentClient, marksTable: string): UnmarkedCommits {
  return async (commits) => {
    const marks = await batchGet<CommitKey>(client, marksTable, {
      Keys: commits.map(({ aggregateId, version }) => ({ aggregateId, version })),
      ConsistentRead: true,
      ProjectionExpression: '#aggregateId, #version',
      ExpressionAttributeNames: { '#aggregateId': 'aggregateId', '#version': 'version' },
    });
    const marked = new Set(marks.map(nameOf));
    return commits.filter((commit) => !marked.has(nameOf(commit)));
  };
}

function nameOf({ aggregateId, version }: CommitKey): string {
  return `${aggregateId}#${version}`;
}
