import type { Failure } from '../../contracts/task-fields.ts';
import type { StepError } from '../../contracts/task-steps.ts';

/** Errors that tell the task's owner something. Whatever else a step threw is ours, and says no more than that. */
const OWN_CODES = ['NO_AGENT', 'UNSUPPORTED_REQUIREMENT', 'TIMEOUT'];

/** A state that ran out of time, and a function that Lambda ended because it did not return. */
const TIMEOUTS = ['States.Timeout', 'Sandbox.Timedout'];

/**
 * Turns what Step Functions caught into the task's own error. A Lambda's thrown error comes as JSON in `Cause`
 * (Step Functions developer guide, "Error handling"), and the step pipeline has put its code before its message.
 */
export function taskFailure(error: StepError): Failure {
  if (TIMEOUTS.includes(error.Error)) return { code: 'TIMEOUT', message: 'The agent did not finish in time.' };
  const thrown = thrownError(error.Cause);
  if (thrown !== undefined && OWN_CODES.includes(thrown.code)) return thrown;
  return { code: 'INTERNAL_ERROR', message: 'A step of the task failed on our side.' };
}

function thrownError(cause: string | undefined): Failure | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as Record<string, unknown>;
    const [, code = '', message = ''] = /^([A-Z_]+): (.*)$/s.exec(String(errorMessage)) ?? [];
    return { code, message };
  } catch {
    return undefined;
  }
}
