import * as z from 'zod';
import { REQUEST_ID, REQUEST_STATUSES } from '../requests.ts';
import { Failure } from '../task-fields.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { OperationName, ServiceName } from './service-fields.ts';
import { CallbackUrl, Delivery } from './webhook.ts';

const RequestStatus = z.enum(REQUEST_STATUSES);

const CreateRequestBody = z
  .strictObject({
    service: ServiceName.meta({ description: 'A registered service.' }),
    operation: OperationName,
    payload: z.json().meta({ description: 'As the service takes it.' }),
    timeout: z.int().min(1).max(300_000).default(30_000).meta({ description: 'Of each try, in ms.' }),
    retries: z.int().min(0).max(10).default(3).meta({ description: 'Further tries after the first.' }),
    callbackUrl: CallbackUrl.optional(),
    mode: z.enum(['sync', 'async']).optional().meta({ description: '`async` where there is a callback address.' }),
  })
  .meta({ id: 'CreateRequest' });
export type CreateRequestBody = z.infer<typeof CreateRequestBody>;

/** What an asynchronous request is answered with, and a synchronous one that is handed over. */
const RequestAccepted = z
  .object({
    requestId: z.string(),
    status: z.literal('accepted'),
    estimatedCompletionTime: z.string().meta({ description: 'ISO 8601: when its last try would have run out.' }),
    statusUrl: z.string(),
    callbackUrl: z.string().nullable(),
  })
  .meta({ id: 'RequestAccepted' });
export type RequestAccepted = z.infer<typeof RequestAccepted>;

const RequestView = z.object({
  requestId: z.string(),
  status: RequestStatus,
  result: z.unknown().optional(),
  error: Failure.optional(),
  attempts: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.string().optional().meta({ description: 'When it is gone: 5 minutes after its end.' }),
});

/** A request as its status row shows it. */
const RequestState = RequestView.meta({ id: 'Request' });
export type RequestState = z.infer<typeof RequestState>;

/** As lists show it: results are with the request itself. */
const ListedRequest = RequestView.omit({ result: true })
  .extend({ service: z.string(), operation: z.string(), mode: z.enum(['sync', 'async']) })
  .meta({ id: 'ListedRequest' });
export type ListedRequest = z.infer<typeof ListedRequest>;

const RequestId = z.string().regex(REQUEST_ID, 'must be a request id');
const params = z.strictObject({ requestId: RequestId });
const DeliveryId = z.string().min(1).max(128);

export const requestRoutes = {
  createRequest: route({
    id: 'createRequest',
    method: 'POST',
    path: '/api/v1/requests',
    summary: 'Ask a service for something: wait for its answer, or hear of it at a callback address',
    scope: 'write',
    idempotent: true,
    body: CreateRequestBody,
    answer: { status: 200, data: z.unknown(), also: { status: 202, data: RequestAccepted } },
    errors: [
      'SERVICE_NOT_FOUND',
      'NOT_FOUND',
      'CONFLICT',
      'RESULT_TOO_LARGE',
      'SERVICE_ERROR',
      'SERVICE_UNAVAILABLE',
      'TIMEOUT',
    ],
  }),
  listRequests: route({
    id: 'listRequests',
    method: 'GET',
    path: '/api/v1/requests',
    summary: 'List requests, newest first, without their results',
    scope: 'read',
    query: z.strictObject({ ...listQuery, status: RequestStatus.optional() }),
    answer: { status: 200, data: pageOf(ListedRequest) },
    errors: [],
  }),
  getRequestStatus: route({
    id: 'getRequestStatus',
    method: 'GET',
    path: '/api/v1/requests/{requestId}/status',
    summary: 'Read how a request stands; it is gone 5 minutes after its end',
    scope: 'read',
    params,
    answer: { status: 200, data: RequestState },
    errors: ['NOT_FOUND'],
  }),
  listRequestDeliveries: route({
    id: 'listRequestDeliveries',
    method: 'GET',
    path: '/api/v1/requests/{requestId}/deliveries',
    summary: 'List what the callback address was told, and how; oldest first, for 7 days',
    scope: 'read',
    params,
    answer: { status: 200, data: z.object({ items: z.array(Delivery) }) },
    errors: ['NOT_FOUND'],
  }),
  replayRequestDelivery: route({
    id: 'replayRequestDelivery',
    method: 'POST',
    path: '/api/v1/requests/{requestId}/deliveries/{deliveryId}/replay',
    summary: 'Send a callback again, under the same webhook id',
    scope: 'write',
    params: z.strictObject({ requestId: RequestId, deliveryId: DeliveryId }),
    answer: { status: 202, data: Delivery },
    errors: ['NOT_FOUND'],
  }),
};
