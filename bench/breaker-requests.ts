import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { CircuitBreaker } from '../functions/shared/platform/breaker/circuit-breaker.ts';
import { dynamoServiceStore } from '../functions/shared/platform/breaker/dynamo-service-store.ts';

/** What an environment asked of DynamoDB while it made healthy calls through a breaker. */
export interface BreakerRequests {
  calls: number;
  reads: number;
  /** Writes of the breaker's state. */
  writes: number;
  /** Writes of counted calls. */
  counts: number;
}

/** A client that answers as empty tables do, at once, and keeps what it was asked. */
export function countedDynamo() {
  const asked: unknown[] = [];
  const send = async (command: unknown): Promise<object> => {
    asked.push(command);
    return command instanceof QueryCommand ? { Items: [] } : {};
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, asked };
}

/** A call that goes well at once, through a breaker over such a client. Without the metric of each call, which is its own matter. */
export function breakerOver(client: DynamoDBDocumentClient, now: () => number): () => Promise<unknown> {
  const breaker = new CircuitBreaker({
    store: dynamoServiceStore({ client, table: 'Services', eventLog: 'EventLog' }),
    clock: { now, sleep: () => new Promise(() => undefined) },
    instance: 'bench',
    meter: (_call, run) => run(),
  });
  const call = { service: 'measured', operation: 'work', timeoutMs: 1000, correlationId: 'bench' };
  return () => breaker.call(call, work);
}

/** What every contender does. */
export async function work(): Promise<string> {
  return 'done';
}

/** So many calls at equal distances, on a clock that is played. */
export async function breakerRequests(calls: number, withinMs: number): Promise<BreakerRequests> {
  const { client, asked } = countedDynamo();
  const time = { now: 0 };
  const call = breakerOver(client, () => time.now);
  for (let made = 0; made < calls; made += 1) {
    await call();
    time.now += withinMs / calls;
  }
  return { calls, ...sorted(asked) };
}

/** Every request is one of the three, or this measures something else than it says. */
export function sorted(asked: readonly unknown[]): Pick<BreakerRequests, 'reads' | 'writes' | 'counts'> {
  const found = { reads: 0, writes: 0, counts: 0 };
  for (const command of asked) found[kindOf(command)] += 1;
  return found;
}

function kindOf(command: unknown): 'reads' | 'writes' | 'counts' {
  if (command instanceof QueryCommand) return 'reads';
  if (!(command instanceof TransactWriteCommand)) throw new Error('A breaker asked what this does not know.');
  const { TransactItems = [] } = command.input;
  return TransactItems.every(({ Update }) => Update !== undefined) ? 'counts' : 'writes';
}
