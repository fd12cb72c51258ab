import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionCalls } from './cost.ts';

/** A deployed function, and where its log is. */
export interface WatchedFunction {
  name: string;
  memoryMb: number;
  traced: boolean;
  logGroup: string;
}

/** What functions printed in a while. */
export interface LoggedCalls {
  functions: FunctionCalls[];
  bytes: number;
  /** Messages from queues, handled or failed. */
  messages: number;
}

/** Lambda writes it once a call; the emulator does too. */
const CALL = /^START RequestId: /;
/** What the pipeline of every subscriber says of each message (functions/shared/platform/queues/subscriber-pipeline.ts). */
const MESSAGE = /"message":"(Delivered|Delivery failed)"/;
/** CloudWatch bills each line with so many bytes more. */
const OVERHEAD = 26;

/**
 * Calls of the functions since a moment, from their logs: calls by queues, streams, machines and the API leave no other trace here.
 *
 * @param since milliseconds of this machine's clock, which is the emulator's
 */
export async function loggedCalls(watched: readonly WatchedFunction[], since: number): Promise<LoggedCalls> {
  const client = new CloudWatchLogsClient({});
  const printed = await Promise.all(watched.map(({ logGroup }) => linesOf(client, logGroup, since)));
  return summary(watched, printed);
}

/** The calls behind printed lines, a list of lines for each function. */
export function summary(watched: readonly WatchedFunction[], printed: readonly (readonly string[])[]): LoggedCalls {
  const functions = watched.map(({ name, memoryMb, traced }, index) => ({
    name,
    memoryMb,
    traced,
    calls: countOf(printed[index] ?? [], CALL),
  }));
  const lines = printed.flat();
  return {
    functions: functions.filter(({ calls }) => calls > 0),
    bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + OVERHEAD, 0),
    messages: countOf(lines, MESSAGE),
  };
}

function countOf(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}

async function linesOf(client: CloudWatchLogsClient, logGroupName: string, startTime: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime })) {
    lines.push(...events.map(({ message = '' }) => message));
  }
  return lines;
}
