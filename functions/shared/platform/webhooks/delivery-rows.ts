import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { DeliveryRecord, WebhookStream } from './deliveries.ts';
import { KEPT_DAYS } from './deliveries.ts';
import type { StreamState } from './delivery-store.ts';

/** One table for streams and their messages, so that a message and its stream's call for attention are one transaction. */
export interface DeliveryTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** A key of the index: its presence puts a stream there, and taking it away takes the stream out. */
export const DUE = 'due';

/** The index's key of streams that wait for their subscription to be resumed: no sweep looks there. */
export const parkedAt = (subscriptionId: string): string => `parked#${subscriptionId}`;

export const streamKey = (stream: string) => ({ stream, part: 'stream' });

/** Padded, so that a stream is read in its order. */
export const deliveryKey = ({ stream, seq }: Pick<DeliveryRecord, 'stream' | 'seq'>) => ({
  stream,
  part: `delivery#${String(seq).padStart(6, '0')}`,
});

/** Nothing that callbacks tell of runs longer than a year. */
const STREAM_DAYS = 366;

/** What a stream is opened with. `expiresAt` in seconds since 1970. */
export function streamItem(stream: WebhookStream, now: number): Record<string, unknown> {
  const createdAt = new Date(now).toISOString();
  return {
    ...stream,
    ...streamKey(stream.stream),
    createdAt,
    revision: 0,
    lastCalled: 0,
    lastGiven: 0,
    expiresAt: daysAfter(now, STREAM_DAYS),
  };
}

/** A message that has ended is kept for some days from then on; one that is pending, for as long as it is. */
export function deliveryItem(delivery: DeliveryRecord, now: number): Record<string, unknown> {
  const item = { ...delivery, ...deliveryKey(delivery) };
  return delivery.status === 'pending' ? item : { ...item, expiresAt: daysAfter(now, KEPT_DAYS) };
}

function daysAfter(now: number, days: number): number {
  return Math.floor(now / 1000) + days * 24 * 3600;
}

/** A stream as its rows tell of it. Times are ISO 8601, UTC. */
export interface StreamRows extends StreamState {
  /** How often something was given to be sent: whoever takes a stream for done must have seen all of it. */
  revision: number;
  /** The place of the message that was given, or given again, last. 0 where none was. */
  lastCalled: number;
  /** The receiver said that its address is no more. */
  gone: boolean;
  /** There while somebody sends. */
  claimedUntil?: string;
}

/** Reads a whole stream, consistently. `undefined` where it was never opened, or is forgotten. */
export async function readStream(at: DeliveryTable, stream: string): Promise<StreamRows | undefined> {
  const items: Record<string, unknown>[] = [];
  const pages = paginateQuery(
    { client: at.client },
    {
      TableName: at.table,
      KeyConditionExpression: '#stream = :stream',
      // A reserved word.
      ExpressionAttributeNames: { '#stream': 'stream' },
      ExpressionAttributeValues: { ':stream': stream },
      ConsistentRead: true,
      // The stream's own row first: what is given while its messages are read shows as a revision that is not the one that was read.
      ScanIndexForward: false,
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items);
  // DynamoDB removes what has expired when it likes.
  const now = Date.now() / 1000;
  const kept = items.filter(({ expiresAt }) => expiresAt === undefined || (expiresAt as number) > now);
  const head = kept.find(({ part }) => part === 'stream');
  if (head === undefined) return undefined;
  const deliveries = kept.filter((item) => item !== head).map(deliveryOf);
  return { ...rowsOf(head), deliveries: deliveries.sort((one, other) => one.seq - other.seq) };
}

function rowsOf(item: Record<string, unknown>): Omit<StreamRows, 'deliveries'> {
  const { stream, url, owner, correlationId, subscription, revision, lastCalled, lastGiven, gone, claimedUntil } =
    item as unknown as WebhookStream & StreamRows;
  return {
    stream: { stream, url, owner, correlationId, ...(subscription && { subscription }) } as WebhookStream,
    revision,
    lastCalled,
    lastGiven,
    gone: gone === true,
    ...(claimedUntil !== undefined && { claimedUntil }),
  };
}

function deliveryOf({ part: _, expiresAt: __, ...delivery }: Record<string, unknown>): DeliveryRecord {
  return delivery as unknown as DeliveryRecord;
}
