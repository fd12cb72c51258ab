import type { NewDelivery, WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import type { RequestRecord } from '../domain/request.ts';
import type { RequestChange } from '../domain/request-changes.ts';

/** The stream of a request's callbacks; `undefined` where it has no address. */
export function callbackStream(request: RequestRecord): WebhookStream | undefined {
  const { requestId, callbackUrl, keyId, correlationId } = request;
  return callbackUrl === undefined ? undefined : { stream: requestId, url: callbackUrl, owner: keyId, correlationId };
}

/** What a change tells the callback address; `undefined` where there is nothing to tell, or nobody to tell it to. */
export function callbackOf({ next, message }: RequestChange): NewDelivery | undefined {
  if (next.callbackUrl === undefined || message === undefined) return undefined;
  const { requestId, timestamp } = message;
  return { stream: requestId, seq: next.changes, body: JSON.stringify(message), createdAt: timestamp };
}
