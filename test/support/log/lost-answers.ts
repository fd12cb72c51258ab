import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';

/** How many answers were lost so far: a fault test that lost none has tested nothing. */
export interface Losses {
  lost(): number;
}

/** The share of successful writes whose answer never arrives. */
const SHARE = 0.3;

/** What a connection that breaks after the request was served looks like to Node and to the SDK. */
function connectionReset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** A log whose writers do not hear of every append that worked. */
export function losingLog(log: EventLog, random: () => number): EventLog & Losses {
  let lost = 0;
  return {
    lost: () => lost,
    load: log.load,
    async append(stream, commit) {
      const outcome = await log.append(stream, commit);
      if (outcome === 'conflict' || random() >= SHARE) return outcome;
      lost += 1;
      throw connectionReset();
    },
  };
}

/** Loses answers below the SDK's own retry, so that a put which is sent again meets itself in the table. */
export function loseAnswers(client: DynamoDBClient, random: () => number): Losses {
  let lost = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const output = await next(args);
      if (context.commandName !== 'PutItemCommand' || random() >= SHARE) return output;
      lost += 1;
      throw connectionReset();
    },
    // Outside of the deserializer, which throws for refusals, and inside of the retry.
    { step: 'deserialize', priority: 'high', name: 'loseAnswers' },
  );
  return { lost: () => lost };
}
