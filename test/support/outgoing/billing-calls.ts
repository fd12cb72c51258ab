import { expect } from 'vitest';
import type { AppError } from '../../../functions/shared/kernel/errors.ts';
import { isAppError } from '../../../functions/shared/kernel/errors.ts';
import type { GuardedRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { guardedRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import type { ServiceRequest } from '../../../functions/shared/platform/outgoing/http-service.ts';
import { callHttpService } from '../../../functions/shared/platform/outgoing/http-service.ts';
import type { Behaviour } from './fault-server.ts';
import { faultServer } from './fault-server.ts';

/** As a stage calls that may call its own machine. */
export const request = guardedRequest({ plainHttpHosts: ['127.0.0.1'], refused: [] });

/** Calls the operation `refund` of a service `billing`. */
export const call = (endpoint: string, more: Partial<ServiceRequest & { request: GuardedRequest }> = {}) =>
  callHttpService({
    request,
    endpoint,
    service: 'billing',
    operation: 'refund',
    payload: { amount: 3 },
    correlationId: 'corr_1',
    idempotencyKey: 'key:1',
    timeoutMs: 5000,
    ...more,
  });

export async function errorOf(called: Promise<unknown>): Promise<AppError> {
  const error = await called.catch((thrown: unknown) => thrown);
  if (!isAppError(error)) throw new Error('The call did not fail as it should.', { cause: error });
  return error;
}

/** What calling a service that behaves so leads to; that it was really called is part of it. */
export async function failureOf(behaviour: Behaviour, more: Partial<ServiceRequest> = {}): Promise<AppError> {
  const { origin, requests } = await faultServer(behaviour);
  const error = await errorOf(call(origin, more));
  expect(requests).toHaveLength(1);
  return error;
}

/** What each error says of who was called. */
export const WHO = { service: 'billing', operation: 'refund' };
