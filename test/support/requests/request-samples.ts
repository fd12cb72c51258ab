import type { NewRequest } from '../../../functions/requests/domain/request.ts';
import { newRequest } from '../../../functions/requests/domain/request.ts';
import { newId } from '../../../functions/shared/platform/ids.ts';

export const CREATED = '2026-08-19T10:00:00.000Z';
export const CALLBACK = 'https://receiver.example/hook?of=me';

/** A new request of its own id; four tries, a callback address. */
export function sampleRequest(fields: Partial<NewRequest> = {}) {
  return newRequest({
    requestId: newId('req'),
    keyId: 'key_1',
    service: 'billing',
    operation: 'book',
    timeout: 30_000,
    retries: 3,
    callbackUrl: CALLBACK,
    mode: 'async',
    correlationId: 'corr_1',
    createdAt: CREATED,
    ...fields,
  });
}

/** The same without a callback address. */
export function withoutCallback(fields: Partial<NewRequest> = {}) {
  const { callbackUrl: _, ...request } = sampleRequest(fields);
  return request;
}

/** Why a try failed that may be made again. */
export const FAILURE = { code: 'SERVICE_ERROR', message: 'It failed.', details: { httpStatus: 500 } } as const;
