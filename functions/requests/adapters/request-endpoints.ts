import type { CreateRequestBody, ListedRequest, RequestAccepted, RequestState } from '../../contracts/api/request.ts';
import { requestRoutes } from '../../contracts/api/request.ts';
import { isBuiltIn } from '../../contracts/services.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { KeptAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { RequestRecord } from '../domain/request.ts';
import { estimatedCompletion, isSeen, newRequest } from '../domain/request.ts';
import type { RequestLists, RequestStore } from './request-store.ts';
import type { WaitPorts } from './request-wait.ts';
import { orderNow, waitForEnd } from './request-wait.ts';
import { serviceNotFound } from './service-calls.ts';

export interface RequestPorts extends WaitPorts {
  requests: RequestStore & RequestLists;
  services: Pick<ServiceStore, 'find'>;
  /** The faults of an address that may be called from here. */
  addressFaults(address: string, path: string): Promise<Fault[]>;
}

/** The gateway gives up at 29 s, and the answer has to get there. */
const WAIT_MS = 25_000;

/** Requests as their callers make and see them. */
export function requestEndpoints(ports: RequestPorts) {
  const { requests } = ports;
  return [
    endpoint(requestRoutes.createRequest, (request) => createRequest(ports, request)),
    endpoint(requestRoutes.listRequests, async ({ query, now }) => {
      const { items, nextCursor } = await requests.list({ ...query, now: Date.parse(now) });
      return { kind: 'data', data: { items: items.map(listed), nextCursor } };
    }),
    endpoint(requestRoutes.getRequestStatus, async ({ params: { requestId }, now }) => {
      const request = await requests.find(requestId);
      if (request === undefined || !isSeen(request, Date.parse(now))) throw requestNotFound(requestId);
      const result = request.status === 'completed' ? { result: await requests.result(requestId) } : {};
      return { kind: 'data', data: { ...viewOf(request), ...result } };
    }),
  ];
}

async function createRequest(
  ports: RequestPorts,
  request: HttpRequest<typeof requestRoutes.createRequest>,
): Promise<KeptAnswer> {
  const record = await createdOrMet(ports, request);
  if (record.mode === 'sync')
    return answerOf(ports, await waitForEnd(ports, record, Date.parse(request.now) + WAIT_MS));
  await orderNow(ports, record);
  return accepted(record);
}

/** So long an `Idempotency-Key` leads to its request (api.md, "Every call"). */
const KEY_MS = 24 * 3_600_000;

/**
 * A repeated call meets the request of the first one, however far that has come. Its row may outlive its key; a call after that begins
 * anew, under the next id that the key leads to.
 */
async function createdOrMet(
  ports: RequestPorts,
  request: HttpRequest<typeof requestRoutes.createRequest>,
): Promise<RequestRecord> {
  for (;;) {
    const asked = requestOf(request);
    const met = await createdOrFound(ports, asked, request.body);
    if (met !== undefined && Date.parse(met.createdAt) > Date.parse(request.now) - KEY_MS) return met;
  }
}

/** What speaks against a request speaks against none that is made already. */
async function createdOrFound(
  ports: RequestPorts,
  asked: RequestRecord,
  body: CreateRequestBody,
): Promise<RequestRecord | undefined> {
  const refusal = await assertCallable(ports, body).then(
    () => undefined,
    (error: Error) => error,
  );
  if (refusal === undefined && (await ports.requests.create(asked, body.payload))) return asked;
  const met = await ports.requests.find(asked.requestId);
  if (met === undefined && refusal !== undefined) throw refusal;
  return met;
}

/** Whatever speaks against a request is found before anything of it is written. */
async function assertCallable(
  { services, addressFaults }: RequestPorts,
  { service, callbackUrl }: { service: string; callbackUrl?: string | undefined },
): Promise<void> {
  const faults = callbackUrl === undefined ? [] : await addressFaults(callbackUrl, 'callbackUrl');
  if (faults.length > 0) throw invalid(faults);
  if (isBuiltIn(service)) throw new AppError('NOT_FOUND', `The operations of ${service} are internal.`);
  if ((await services.find(service)).registration === undefined) throw serviceNotFound(service);
}

function requestOf({
  body,
  caller,
  correlationId,
  newId,
  now,
}: HttpRequest<typeof requestRoutes.createRequest>): RequestRecord {
  const { service, operation, timeout, retries, callbackUrl } = body;
  return newRequest({
    requestId: newId('req'),
    keyId: caller.keyId,
    service,
    operation,
    timeout,
    retries,
    ...(callbackUrl !== undefined && { callbackUrl }),
    mode: body.mode ?? (callbackUrl === undefined ? 'sync' : 'async'),
    correlationId,
    createdAt: now,
  });
}

/** What whoever has waited hears. */
async function answerOf({ requests }: RequestPorts, record: RequestRecord): Promise<KeptAnswer> {
  if (record.status === 'completed')
    return { kind: 'data', data: await requests.result(record.requestId), as: as(record) };
  if (record.failure !== undefined) return { kind: 'error', error: record.failure, as: as(record) };
  return accepted(record);
}

function accepted(record: RequestRecord): KeptAnswer {
  const { requestId, callbackUrl = null } = record;
  const data: RequestAccepted = {
    requestId,
    status: 'accepted',
    estimatedCompletionTime: estimatedCompletion(record),
    statusUrl: `/api/v1/requests/${requestId}/status`,
    callbackUrl,
  };
  return { kind: 'data', status: 202, data, as: as(record) };
}

/** Every answer to it has the request's own id, also where the call that brings it is a repeated one. */
function as({ requestId, attempts }: RequestRecord): { id: string; attempt: number } {
  return { id: requestId, attempt: Math.max(1, attempts) };
}

function viewOf({ requestId, status, failure, attempts, createdAt, updatedAt, goneAt }: RequestRecord): RequestState {
  return {
    requestId,
    status,
    ...(failure && { error: { code: failure.code, message: failure.message } }),
    attempts,
    createdAt,
    updatedAt,
    ...(goneAt !== undefined && { expiresAt: goneAt }),
  };
}

function listed(request: RequestRecord): ListedRequest {
  const { service, operation, mode } = request;
  return { ...viewOf(request), service, operation, mode };
}

export function requestNotFound(requestId: string): AppError {
  return new AppError('NOT_FOUND', `There is no request ${requestId}.`);
}
