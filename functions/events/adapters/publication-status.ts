import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Publication } from '../../contracts/api/event.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';

/** What became of one of a commit's events on its way to the bus. Consistent. */
export type PublicationStatus = (commit: Commit, eventId: string) => Promise<Publication>;

/** By the commit's mark, which tells of those events that were not taken. */
export function dynamoPublicationStatus(client: DynamoDBDocumentClient, marksTable: string): PublicationStatus {
  return async ({ aggregateId, version }, eventId) => {
    const key = { aggregateId, version };
    const { Item } = await client.send(new GetCommand({ TableName: marksTable, Key: key, ConsistentRead: true }));
    if (Item === undefined) return { status: 'pending', attempts: 0 };
    const { attempts, publishedAt, failures = [] } = Item as Mark;
    const failure = failures.find((one) => one.eventId === eventId);
    if (failure !== undefined) return { status: 'failed', attempts, error: failure.error ?? 'unknown' };
    return { status: 'published', attempts, ...(publishedAt !== undefined && { publishedAt }) };
  };
}

interface Mark {
  attempts: number;
  publishedAt?: string;
  failures?: { eventId: string; error?: string }[];
}
