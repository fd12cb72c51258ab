import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import type { Publication } from '../domain/publication.ts';

/** What became of a commit's events on the bus (seed: markAsPublished, markAsFailed). No mark means `pending`. */
export type PublicationMarks = (commit: Commit, publications: readonly Publication[]) => Promise<void>;

/** One small item a commit, under the commit's own key: the commit itself is never written again. */
export function dynamoPublicationMarks(client: DynamoDBDocumentClient, table: string): PublicationMarks {
  return async (commit, publications) => {
    const failures = publications.filter((one) => one.status === 'failed');
    await client.send(
      new PutCommand({
        TableName: table,
        Item: {
          aggregateId: commit.aggregateId,
          version: commit.version,
          status: failures.length === 0 ? 'published' : 'failed',
          attempts: Math.max(...publications.map((one) => one.attempts)),
          ...(failures.length === 0 ? { publishedAt: new Date().toISOString() } : { failures: failures.map(failure) }),
        },
      }),
    );
  };
}

function failure({ event, error }: Publication): { eventId: string; error: string | undefined } {
  return { eventId: event.eventId, error };
}
