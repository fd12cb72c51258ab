/** `src/error-handler` of an Express project. */
export function errorHandler(): string {
  return `/** @import { NextFunction, Request, Response } from 'express' */
import { HttpError, unexpectedError } from './errors.ts';

/** What Express's body parser calls its refusals, and how this API answers them. */
const PARSER_REFUSALS = new Map([
  ['entity.parse.failed', new HttpError(400, 'INVALID_JSON', 'The body is not JSON.')],
  ['entity.too.large', new HttpError(413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.')],
]);

/**
 * Refuses a body of another type, which the JSON parser would otherwise ignore in silence.
 *
 * @param {Request} request
 * @param {Response} _response
 * @param {NextFunction} next
 */
export function requireJson(request‹: Request›, _response‹: Response›, next‹: NextFunction›)‹: void› {
  const isOtherType = request.is('application/json') === false && request.headers['content-length'] !== '0';
  next(isOtherType ? new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.') : undefined);
}

export function routeNotFound()‹: never› {
  throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this method and path.');
}

/**
 * Express knows an error handler by its four parameters.
 *
 * @param {unknown} error
 * @param {Request} _request
 * @param {Response} response
 * @param {NextFunction} next
 */
export function errorHandler(error‹: unknown›, _request‹: Request›, response‹: Response›, next‹: NextFunction›)‹: void› {
  if (response.headersSent) {
    next(error);
    return;
  }
  const answer = toHttpError(error);
  response.status(answer.status).json(answer.toBody());
}

/**
 * Express and its body parser mark the errors that the client caused with a status, and most with a type.
 *
 * @param {unknown} error
 */
function toHttpError(error‹: unknown›)‹: HttpError› {
  if (error instanceof HttpError) return error;
  const { status, type } = Object(error);
  const refusal = PARSER_REFUSALS.get(type);
  if (refusal) return refusal;
  const causedByClient = status >= 400 && status < 500;
  return causedByClient ? new HttpError(status, 'BAD_REQUEST', 'The request cannot be read.') : unexpectedError(error);
}
`;
}
