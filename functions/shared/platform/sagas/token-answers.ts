import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { DEFERRED, FAILED_STEP } from '../../../contracts/sagas/compile-saga.ts';

/**
 * Tells Step Functions that a waiting state may go on. What the step did or why it failed is in the log; the token only moves the
 * machine. A token that nobody waits for any more is no fault: the machine has gone its way, and reads the log on it.
 */
export interface TokenAnswers {
  succeed(token: string): Promise<void>;
  /** By a name that the machine knows, never by a service's own word. */
  fail(token: string, name: typeof DEFERRED | typeof FAILED_STEP): Promise<void>;
}

export function sfnTokenAnswers(): TokenAnswers {
  const client = new SFNClient({});
  return {
    succeed: (token) => unlessGone(() => client.send(new SendTaskSuccessCommand({ taskToken: token, output: OK }))),
    fail: (token, error) => unlessGone(() => client.send(new SendTaskFailureCommand({ taskToken: token, error }))),
  };
}

const OK = JSON.stringify({ ok: true });

async function unlessGone(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const gone = [TaskDoesNotExist, TaskTimedOut, InvalidToken].some((kind) => error instanceof kind);
    if (!gone) throw error;
  }
}
