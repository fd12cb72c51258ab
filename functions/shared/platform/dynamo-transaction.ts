import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type {
  DynamoDBDocumentClient,
  PutCommandInput,
  TransactWriteCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;
type Item = Record<string, unknown>;

/**
 * Writes all or nothing. `false`: a condition did not hold, and nothing was written.
 *
 * @param writes made anew for each try where they tell of the moment of writing
 */
export async function transact(client: DynamoDBDocumentClient, writes: Writes | (() => Writes)): Promise<boolean> {
  const made = typeof writes === 'function' ? writes : () => writes;
  const outcome = await patiently(() => client.send(new TransactWriteCommand({ TransactItems: made() })));
  return outcome !== 'refused';
}

/** Writes one row. `false`: its condition did not hold, and nothing was written. */
export async function put(client: DynamoDBDocumentClient, input: PutCommandInput): Promise<boolean> {
  return (await patiently(() => client.send(new PutCommand(input)))) !== 'refused';
}

/**
 * The condition that nobody else has written a row since it was seen.
 *
 * @param counter what each write of the row changes
 * @param seen what it was then; 0: there was no row
 * @param key an attribute that every row has
 */
export function unmoved(counter: string, seen: number, key: string) {
  if (seen === 0) return { ConditionExpression: `attribute_not_exists(${key})` };
  return { ConditionExpression: `${counter} = :seen`, ExpressionAttributeValues: { ':seen': seen } };
}

/** Changes one row and answers it as it is then. `undefined`: its condition did not hold, and nothing was written. */
export async function update(client: DynamoDBDocumentClient, input: UpdateCommandInput): Promise<Item | undefined> {
  const outcome = await patiently(() => client.send(new UpdateCommand({ ...input, ReturnValues: 'ALL_NEW' })));
  return outcome === 'refused' ? undefined : outcome.Attributes;
}

/** A write that meets a transaction on its row is not queued but turned away; an agent's row is shared by all that it does. */
const MAX_TRIES = 10;
const PASSING = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

async function patiently<Output>(write: () => Promise<Output>): Promise<Output | 'refused'> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await write();
    } catch (error) {
      const reasons = reasonsOf(error);
      if (reasons.includes('ConditionalCheckFailed')) return 'refused';
      if (tried === MAX_TRIES || !reasons.some((reason) => PASSING.includes(reason))) throw error;
      await sleep(Math.random() * Math.min(20 * 2 ** tried, 1000));
    }
  }
}

function reasonsOf(error: unknown): string[] {
  if (error instanceof ConditionalCheckFailedException) return ['ConditionalCheckFailed'];
  if (error instanceof TransactionConflictException) return ['TransactionConflict'];
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
}
