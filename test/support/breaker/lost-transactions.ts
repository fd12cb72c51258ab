import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The share of transactions that are written and whose answer never arrives. */
const SHARE = 0.3;

/**
 * Loses answers below the SDK's own retry, so that a transaction is sent again that was written already.
 *
 * @returns how many were lost so far: a fault test that lost none has tested nothing
 */
export function loseTransactions(client: DynamoDBClient, random: () => number): () => number {
  let lost = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const output = await next(args);
      if (context.commandName !== 'TransactWriteItemsCommand' || random() >= SHARE) return output;
      lost += 1;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
    // Outside of the deserializer, which throws for refusals, and inside of the retry.
    { step: 'deserialize', priority: 'high', name: 'loseTransactions' },
  );
  return () => lost;
}
