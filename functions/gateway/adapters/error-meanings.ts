import type { HttpErrorCode } from '../../shared/kernel/errors.ts';
import { STATUS } from '../../shared/platform/http/answer.ts';

/** The codes of answers: ours, and the gateway's own for callers that are too fast. */
export type AnswerCode = HttpErrorCode | 'RATE_LIMITED';

export function statusOf(code: AnswerCode): number {
  return code === 'RATE_LIMITED' ? 429 : STATUS[code];
}

/** What a code tells its caller, whichever call it ends. */
const MEANING: Record<AnswerCode, string> = {
  VALIDATION_ERROR: 'the request is not valid; `details` names each fault.',
  UNAUTHORIZED: 'there is no key, or it is unknown or revoked.',
  FORBIDDEN: 'the key lacks the scope that the call needs.',
  NOT_FOUND: 'what the call names does not exist.',
  CONFLICT: 'the state of things does not allow this now.',
  PAYLOAD_TOO_LARGE: 'the body is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'the body is not sent as `application/json`.',
  IDEMPOTENCY_MISMATCH: 'the `Idempotency-Key`, or the id of the command, belongs to another request.',
  SERVICE_NOT_FOUND: 'no service of this name is registered.',
  READ_MODEL_NOT_FOUND: 'there is no read model of this name.',
  LIMIT_EXCEEDED: 'there are as many of these as a stage takes; remove one first.',
  RESUME_REFUSED: 'the saga cannot go on from that step; the message says why.',
  GONE: 'the address was good for something that is over.',
  RESULT_TOO_LARGE: 'the service answered with more than the 256 KB that a result may have.',
  SERVICE_ERROR: 'the service that was called failed or refused; `details` says what it answered.',
  SERVICE_UNAVAILABLE: 'the breaker of the service is open; it is named, and `details` may say when to try again.',
  RATE_LIMITED: 'too many calls; try again in a moment.',
  INTERNAL_ERROR: 'something went wrong on our side; operators find it by the `id`.',
  TIMEOUT: 'the work took too long, and may have been done or not.',
};

/** The description of all codes of one status: a line for each. */
export function meaningOf(codes: readonly AnswerCode[]): string {
  return codes.map((code) => `\`${code}\`: ${MEANING[code]}`).join('\n');
}
