import { STATUS_CODES } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { TryOutcome } from '../../../contracts/webhook-outcome.ts';
import type { GuardedRequest, OutgoingAnswer } from '../outgoing/guarded-request.ts';
import { RequestFailed } from '../outgoing/guarded-request.ts';
import { retryAfterMs } from './retry-after.ts';

/** A message as it goes out. */
export interface OutgoingWebhook {
  url: string;
  webhookId: string;
  /** JSON, sent as these very bytes. */
  body: string;
  /** All that sign, as `whsec_…`. */
  secrets: readonly string[];
  correlationId: string;
}

/** Tries a message once. Whatever comes of it is an outcome; its words name no address and quote nothing that was answered. */
export type SendWebhook = (webhook: OutgoingWebhook) => Promise<TryOutcome>;

/** Of one try, from its start to the last byte of the answer. */
const TRY_MS = 15_000;

const GONE = 410;

export function webhookSender({
  request,
  now,
  timeoutMs = TRY_MS,
}: {
  request: GuardedRequest;
  /** In ms since 1970. */
  now: () => number;
  timeoutMs?: number;
}): SendWebhook {
  return async (webhook) => {
    const started = now();
    const answer = await request({
      method: 'POST',
      url: webhook.url,
      headers: headersOf(webhook, new Date(started)),
      body: webhook.body,
      timeoutMs,
    }).catch(failureOf);
    const ended = now();
    const attempt = { at: new Date(started).toISOString(), durationMs: Math.max(0, Math.round(ended - started)) };
    if (answer instanceof RequestFailed)
      return { attempt: { ...attempt, error: answer.message }, delivered: false, gone: false, retryAfterMs: 0 };
    return outcomeOf(answer, attempt, ended);
  };
}

/** The time is of this try: receivers refuse a message that is older than some minutes (Standard Webhooks). */
function headersOf({ webhookId, body, secrets, correlationId }: OutgoingWebhook, at: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(webhookId, at, body)).join(' '),
    'x-correlation-id': correlationId,
  };
}

function failureOf(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error;
  throw error;
}

function outcomeOf(
  { status: statusCode, headers }: OutgoingAnswer,
  attempt: { at: string; durationMs: number },
  now: number,
): TryOutcome {
  const delivered = statusCode >= 200 && statusCode < 300;
  const error = delivered ? {} : { error: reasonOf(statusCode) };
  return {
    attempt: { ...attempt, statusCode, ...error },
    delivered,
    gone: statusCode === GONE,
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
  };
}

function reasonOf(status: number): string {
  // In words too: what fails for one reason is found together by what its error says, whatever numbers that names.
  const answered = `The receiver answered with status ${status} (${STATUS_CODES[status] ?? 'unknown'})`;
  if (status === GONE) return `${answered}: nothing is taken there any more.`;
  if (status >= 300 && status < 400) return `${answered}; redirects are not followed.`;
  return `${answered}.`;
}
