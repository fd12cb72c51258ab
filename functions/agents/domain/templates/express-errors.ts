/** `src/errors.ts` of the generated project: every answer that is not a success is made here. */
export function expressErrors(): string {
  return `import type { NextFunction, Request, Response } from 'express';

export interface FieldFault {
  field: string;
  message: string;
}

/** The body of every error answer. \`details\` lists the faults of a request that was not valid. */
export interface ErrorBody {
  error: { code: string; message: string; details?: readonly FieldFault[] };
}

/** An error whose message is meant for the client. Anything else that is thrown is answered as a plain 500. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldFault[];

  constructor(status: number, code: string, message: string, details: readonly FieldFault[] = []) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export function validationError(message: string, details: readonly FieldFault[] = []): HttpError {
  return new HttpError(400, 'VALIDATION_ERROR', message, details);
}

/** Refuses a body of another type, which the JSON parser would otherwise ignore in silence. */
export function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const isOtherType = request.is('application/json') === false;
  next(isOtherType ? new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.') : undefined);
}

export function routeNotFound(_request: Request, _response: Response, next: NextFunction): void {
  next(new HttpError(404, 'NOT_FOUND', 'There is nothing at this method and path.'));
}

/** Express knows an error handler by its four parameters. */
export function errorHandler(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, code, message, details } = toHttpError(error);
  const body: ErrorBody = { error: { code, message, ...(details.length > 0 && { details }) } };
  response.status(status).json(body);
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { status, type } = fromExpress(error);
  if (type === 'entity.parse.failed') return new HttpError(400, 'INVALID_JSON', 'The body is not a JSON object.');
  if (type === 'entity.too.large') return new HttpError(413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.');
  if (status >= 400 && status < 500) return new HttpError(status, 'BAD_REQUEST', 'The request cannot be read.');
  console.error(error);
  return new HttpError(500, 'INTERNAL_ERROR', 'The server failed to answer this request.');
}

/** Express and its body parser mark the errors that the client caused with a status, and most with a type. */
function fromExpress(error: unknown): { status: number; type: string } {
  const { status, type } = Object(error) as { status?: unknown; type?: unknown };
  return { status: typeof status === 'number' ? status : 500, type: typeof type === 'string' ? type : '' };
}
`;
}
