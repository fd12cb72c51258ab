import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import { AppError } from '../../kernel/errors.ts';
import type { KeptAnswer } from './answer.ts';
import type { Idempotency, KeyedCall } from './idempotency.ts';

const KEPT_SECONDS = 24 * 60 * 60;

/** `expiresAt` is the table's own expiry, in Unix seconds; readers hold to it whenever DynamoDB deletes. `runningUntil` is in ms. */
const ATTRIBUTES = {
  keyAttr: 'id',
  statusAttr: 'status',
  expiryAttr: 'expiresAt',
  inProgressExpiryAttr: 'runningUntil',
  dataAttr: 'answer',
  validationKeyAttr: 'payloadHash',
};

type Run = () => Promise<KeptAnswer>;

/** By Powertools, with one item a key: hashes, two times and, once there is one, the answer. */
export function dynamoIdempotency(table: string): Idempotency {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    payloadValidationJmesPath: 'payloadHash',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: KEPT_SECONDS,
    hashFunction: 'sha256',
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: table, ...ATTRIBUTES });
  const once = makeIdempotent(answerText, { config, persistenceStore, keyPrefix: 'http' });
  return async (call, context, run) => {
    try {
      return JSON.parse(await once(call, context, run));
    } catch (error) {
      throw refusal(error);
    }
  };
}

/** As JSON text: DynamoDB's own types refuse nesting over 32 levels, JSON doesn't. */
async function answerText(_call: KeyedCall, context: Context, run: Run): Promise<string> {
  try {
    return JSON.stringify(await run());
  } finally {
    if (context.getRemainingTimeInMillis() <= 0) await lost();
  }
}

/**
 * Ends never. A call that Lambda froze at its end and thawed with a later one holds its key no more: another may have run under it by
 * now, and what this one would record must not take that one's place. Its caller has heard `TIMEOUT` long since.
 */
function lost(): Promise<never> {
  return new Promise(() => undefined);
}

/** Powertools' errors carry their class in `name`. */
function refusal(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  if (name === 'IdempotencyValidationError')
    return new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request; take a new one.');
  if (name === 'IdempotencyAlreadyInProgressError') {
    const message = 'The first call with this Idempotency-Key is still running; try again in a moment.';
    return new AppError('CONFLICT', message, { retryable: true });
  }
  return error;
}
