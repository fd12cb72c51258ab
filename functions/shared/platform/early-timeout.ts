import { AppError } from '../kernel/errors.ts';

/**
 * Ends a function's work shortly before Lambda would: then the caller hears `TIMEOUT` with its reason, and the log has it, where
 * Lambda's own end would leave neither.
 */
export const EARLY_TIMEOUT = {
  timeoutEarlyInMillis: 200,
  timeoutEarlyResponse: (): never => {
    throw new AppError('TIMEOUT', 'The work took too long.', { retryable: true });
  },
};
