import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { CommitKey } from '../domain/sweep.ts';

/** Those of some different commits that have no publication mark, whatever it would say; in their order. Consistent. */
export type UnmarkedCommits = <Key extends CommitKey>(commits: readonly Key[]) => Promise<Key[]>;

/** BatchGetItem takes no more keys than this at once. */
const MAX_KEYS = 100;

export function dynamoUnmarkedCommits(client: DynamoDBDocumentClient, marksTable: string): UnmarkedCommits {
  return async (commits) => {
    const marked = new Set<string>();
    for (let from = 0; from < commits.length; from += MAX_KEYS) {
      for (const key of await marksOf(client, marksTable, commits.slice(from, from + MAX_KEYS))) {
        marked.add(nameOf(key));
      }
    }
    return commits.filter((commit) => !marked.has(nameOf(commit)));
  };
}

/** A call that brings nothing fails in the SDK, so this ends. */
async function marksOf(
  client: DynamoDBDocumentClient,
  table: string,
  commits: readonly CommitKey[],
): Promise<CommitKey[]> {
  const found: CommitKey[] = [];
  let keys: Record<string, unknown>[] = commits.map(({ aggregateId, version }) => ({ aggregateId, version }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: {
          [table]: {
            Keys: keys,
            ConsistentRead: true,
            ProjectionExpression: '#aggregateId, #version',
            ExpressionAttributeNames: { '#aggregateId': 'aggregateId', '#version': 'version' },
          },
        },
      }),
    );
    found.push(...((Responses?.[table] ?? []) as CommitKey[]));
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length > 0) await sleep(Math.random() * 100);
  }
  return found;
}

function nameOf({ aggregateId, version }: CommitKey): string {
  return `${aggregateId}#${version}`;
}
