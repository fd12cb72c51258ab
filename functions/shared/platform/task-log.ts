import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchWrite } from './batch-write.ts';
import { cursorTo, placeOf } from './cursor.ts';

/** What an agent said about its work at one moment. `progress` in percent. */
export interface TaskLogLine {
  /** ISO 8601, UTC. */
  timestamp: string;
  progress?: number;
  line?: string;
}

export interface TaskLogPage {
  limit: number;
  cursor?: string | undefined;
}

/**
 * What agents tell while they work. It is for reading along and decides nothing, so it stands beside the event log, where it may be
 * long and is gone after 90 days.
 */
export interface TaskLog {
  /** Keeps the order of the lines, and never writes over what is there. */
  append(taskId: string, lines: readonly TaskLogLine[]): Promise<void>;
  /** Oldest first. */
  page(taskId: string, page: TaskLogPage): Promise<{ items: TaskLogLine[]; nextCursor: string | null }>;
}

const KEPT_SECONDS = 90 * 24 * 3600;

export function taskLog(client: DynamoDBDocumentClient, table: string): TaskLog {
  return {
    async append(taskId, lines) {
      const items = lines.map((line, index) => itemOf(taskId, line, index));
      await batchWrite(
        client,
        table,
        items.map((Item) => ({ PutRequest: { Item } })),
      );
    },
    page: (taskId, page) => readPage(client, table, taskId, page),
  };
}

/** Lines of one call share a timestamp: their numbers keep them in order, and chance keeps two calls of one instant apart. */
function itemOf(taskId: string, line: TaskLogLine, index: number): Record<string, unknown> {
  const at = `${line.timestamp}#${String(index).padStart(4, '0')}#${randomBytes(4).toString('hex')}`;
  return { taskId, at, ...line, expiresAt: Math.floor(Date.parse(line.timestamp) / 1000) + KEPT_SECONDS };
}

async function readPage(client: DynamoDBDocumentClient, table: string, taskId: string, { limit, cursor }: TaskLogPage) {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'taskId = :taskId',
      ExpressionAttributeValues: { ':taskId': taskId },
      // One more than is asked for: only then is it known whether there is a next page. A hundred lines of 2,000 characters stay
      // below the megabyte where DynamoDB ends a page.
      Limit: limit + 1,
      ...(cursor === undefined ? {} : { ExclusiveStartKey: { taskId, ...placeOf(cursor, taskId, ['at']) } }),
    }),
  );
  const shown = Items.slice(0, limit);
  const more = Items.length > limit || LastEvaluatedKey !== undefined;
  const last = shown.at(-1);
  return {
    items: shown.map(lineOf),
    nextCursor: more && last !== undefined ? cursorTo(taskId, { at: last.at as string }) : null,
  };
}

function lineOf({ timestamp, progress, line }: Record<string, unknown>): TaskLogLine {
  return {
    timestamp: timestamp as string,
    ...(progress === undefined ? {} : { progress: progress as number }),
    ...(line === undefined ? {} : { line: line as string }),
  };
}
