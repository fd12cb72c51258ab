import type { CountedTask } from './cost.ts';
import type { CountedRequest } from './counting-proxy.ts';
import type { LoggedCalls } from './function-logs.ts';

/** What a task took, in the units of bills. */
export interface Witnesses {
  requests: readonly CountedRequest[];
  logged: LoggedCalls;
  transitions: number;
}

const PUT = /^(PUT|POST|LIST)$/;
const GET = /^(GET|HEAD)$/;
const SENDING = /^SendMessage/;

/**
 * Adds up what was seen of one task that one call submitted.
 *
 * @throws Error where calls or messages were not seen at all: the bill would be too low, and nobody would notice
 */
export function countedTask({ requests, logged, transitions }: Witnesses): CountedTask {
  const { functions, bytes, messages } = logged;
  if (functions.length === 0 || messages === 0) throw new Error('The logs tell of no call or no message.');
  const of = (service: string) => requests.filter((one) => one.service === service);
  const tables = of('dynamodb');
  return {
    apiRequests: 1,
    writeUnits: sum(tables, 'writeUnits'),
    // The agent's words are the only thing that is written in batches.
    progressUnits: sum(
      tables.filter(({ operation }) => operation === 'BatchWriteItem'),
      'writeUnits',
    ),
    readUnits: sum(tables, 'readUnits'),
    events: sum(of('events'), 'events'),
    transitions,
    messages,
    // A message's way through its queue is counted with the message.
    queueRequests: of('sqs').filter(({ operation }) => !SENDING.test(operation)).length,
    filePuts: of('s3').filter(({ operation }) => PUT.test(operation)).length,
    fileGets: of('s3').filter(({ operation }) => GET.test(operation)).length,
    functions,
    logBytes: bytes,
  };
}

function sum(requests: readonly CountedRequest[], amount: 'writeUnits' | 'readUnits' | 'events'): number {
  return requests.reduce((total, one) => total + one[amount], 0);
}
