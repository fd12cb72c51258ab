import middy from '@middy/core';
import { isAppError } from '../kernel/errors.ts';
import { EARLY_TIMEOUT } from './early-timeout.ts';
import { newLogger } from './logger.ts';

const logger = newLogger();

/**
 * The pipeline of every Lambda that a state machine calls. It throws: the machine's `Catch` decides what an error means. The
 * error's code goes before its message, because a cloud may not keep its name (MiniStack calls all `Runtime.HandlerError`).
 */
export function stepPipeline<Input extends object, Output>(run: (input: Input) => Promise<Output>) {
  return middy<Input, Output>(async (input: Input) => run(input), EARLY_TIMEOUT)
    .before(({ event }) => {
      logger.resetKeys();
      logger.appendKeys(ids(event));
    })
    .onError(({ error }) => {
      logger.error('Step failed', { error: error as Error });
      if (isAppError(error)) error.message = `${error.code}: ${error.message}`;
    });
}

function ids(event: object): Record<string, unknown> {
  const { correlationId, taskId } = event as Record<string, unknown>;
  return { correlationId, taskId };
}
