/** `src/errors` of the generated project: what every answer that is not a success says. */
export function errors(): string {
  return `/**
 * @typedef {object} FieldFault
 * @property {string} field
 * @property {string} message
 */
‹export interface FieldFault {
  field: string;
  message: string;
}
›
/**
 * The body of every error answer. \`details\` lists the faults of a request that was not valid.
 *
 * @typedef {object} ErrorBody
 * @property {{ code: string, message: string, details?: readonly FieldFault[] }} error
 */
‹export interface ErrorBody {
  error: { code: string; message: string; details?: readonly FieldFault[] };
}
›
/** An error whose message is meant for the client. Anything else that is thrown is answered as a plain 500. */
export class HttpError extends Error {
‹  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldFault[];

›  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {readonly FieldFault[]} [details]
   */
  constructor(status‹: number›, code‹: string›, message‹: string›, details‹: readonly FieldFault[]› = []) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** @returns {ErrorBody} */
  toBody()‹: ErrorBody› {
    const { code, message, details } = this;
    return { error: { code, message, ...(details.length > 0 && { details }) } };
  }
}

/**
 * A 400. Its faults are sorted by field, because the order in which they were found means nothing to a client.
 *
 * @param {string} message
 * @param {readonly FieldFault[]} [faults]
 */
export function validationError(message‹: string›, faults‹: readonly FieldFault[]› = [])‹: HttpError› {
  const sorted = faults.toSorted((a, b) => (a.field < b.field ? -1 : 1));
  return new HttpError(400, 'VALIDATION_ERROR', message, sorted);
}

/**
 * Logs what went wrong, and keeps it from the client.
 *
 * @param {unknown} error
 */
export function unexpectedError(error‹: unknown›)‹: HttpError› {
  console.error(error);
  return new HttpError(500, 'INTERNAL_ERROR', 'The server failed to answer this request.');
}
`;
}
