/** One fault of an input: where it is (`requirements.0.type`) and what is wrong with it. */
export interface Fault {
  path: string;
  message: string;
}

/** The codes that the API answers with (api.md, "Codes"). Features add finer ones where their rows name them. */
export type HttpErrorCode =
  | 'VALIDATION_ERROR'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'IDEMPOTENCY_MISMATCH'
  | 'SERVICE_NOT_FOUND'
  | 'READ_MODEL_NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'RESUME_REFUSED'
  | 'GONE'
  | 'INTERNAL_ERROR'
  | 'SERVICE_ERROR'
  | 'RESULT_TOO_LARGE'
  | 'SERVICE_UNAVAILABLE'
  | 'TIMEOUT';

/** The codes that a task ends with. */
export type TaskErrorCode = 'NO_AGENT' | 'AGENT_LOST' | 'UNSUPPORTED_REQUIREMENT' | 'TIMEOUT' | 'INTERNAL_ERROR';

export type ErrorCode = HttpErrorCode | TaskErrorCode;

/** What an error says besides its message: the faults of an input, or the facts of a call that failed. */
export type ErrorDetails = readonly Fault[] | Readonly<Record<string, string | number | undefined>>;

/**
 * The one error family. `code` is what callers match on, never the message; `name` equals `code`, because Step Functions
 * matches `ErrorEquals` against a Lambda error's name.
 */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly retryable: boolean;
  readonly details: ErrorDetails | undefined;

  constructor(code: Code, message: string, options: { retryable?: boolean; details?: ErrorDetails } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details;
  }
}

/** By shape, not by `instanceof`: two bundles carry two copies of the class. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && 'code' in error && 'retryable' in error && error.name === error.code;
}

/** A command that came too late, or a second time: what it asks for was decided otherwise, and no try will change that. */
export function isRefusal(error: unknown): error is AppError<'CONFLICT'> {
  return isAppError(error) && error.code === 'CONFLICT' && !error.retryable;
}

/** The faults of an input, all at once: a caller mends them in one go. */
export function invalid(details: readonly Fault[]): AppError {
  const where = details.map((fault) => fault.path || 'body').join(', ');
  return new AppError('VALIDATION_ERROR', `The request is not valid: ${where}.`, { details });
}

/** The text of whatever was thrown, for logs and marks. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends a switch over a closed union: a forgotten member fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
