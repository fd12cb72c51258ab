import middy from '@middy/core';
import { newLogger } from './logger.ts';

const logger = newLogger();

/**
 * The pipeline of every Lambda that a state machine calls. It throws: the machine's `Catch` decides what an error means, and an
 * error's name is its code.
 */
export function stepPipeline<Input extends object, Output>(run: (input: Input) => Promise<Output>) {
  return middy<Input, Output>(async (input: Input) => run(input))
    .before(({ event }) => {
      logger.resetKeys();
      logger.appendKeys(ids(event));
    })
    .onError(({ error }) => {
      logger.error('Step failed', { error: error as Error });
    });
}

function ids(event: object): Record<string, unknown> {
  const { correlationId, taskId } = event as Record<string, unknown>;
  return { correlationId, taskId };
}
