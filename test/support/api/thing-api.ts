import * as z from 'zod';
import { listQuery } from '../../../functions/contracts/api/list.ts';
import { route } from '../../../functions/contracts/api/route.ts';
import { FilePath } from '../../../functions/contracts/file-path.ts';
import { endpoint, httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from './api-calls.ts';
import { apiCaller } from './api-calls.ts';

const base = { summary: '', errors: [], answer: { status: 200, data: z.unknown() } } as const;
const thingId = z.string().regex(/^thing_\d+$/, 'must be a thing id');
const contracts = {
  list: route({
    ...base,
    id: 'list',
    method: 'GET',
    path: '/things',
    scope: 'read',
    query: z.strictObject({ ...listQuery, color: z.enum(['red', 'blue']).optional() }),
  }),
  create: route({
    ...base,
    id: 'create',
    method: 'POST',
    path: '/things',
    scope: 'write',
    body: z.strictObject({
      name: z.string().min(1),
      count: z.int().optional(),
      requirements: z.array(z.strictObject({ type: z.string().min(1) })).default([]),
    }),
    answer: { status: 201, data: z.unknown() },
  }),
  get: route({
    ...base,
    id: 'get',
    method: 'GET',
    path: '/things/{thingId}',
    scope: 'read',
    params: z.strictObject({ thingId }),
  }),
  file: route({
    ...base,
    id: 'file',
    method: 'GET',
    path: '/things/{thingId}/files/{path+}',
    scope: 'read',
    params: z.strictObject({ thingId, path: FilePath }),
  }),
  open: route({ ...base, id: 'open', method: 'GET', path: '/open', scope: null }),
  hanging: route({ ...base, id: 'hanging', method: 'GET', path: '/hanging', scope: 'read' }),
  broken: route({ ...base, id: 'broken', method: 'GET', path: '/broken', scope: 'read' }),
};

/** What the row `broken` ends with. */
export const failure: { error: unknown } = { error: undefined };
/** Calls a small API that has a row of each kind. */
export const callThings = apiCaller(
  httpPipeline([
    endpoint(contracts.list, async ({ query }) => ({ kind: 'data', data: query })),
    endpoint(contracts.create, async ({ requestId, correlationId, now, caller, body }) => ({
      kind: 'data',
      data: { requestId, correlationId, now, caller, body },
    })),
    endpoint(contracts.get, async ({ params }) => ({ kind: 'data', data: params })),
    endpoint(contracts.file, async ({ params }) => ({ kind: 'data', data: params })),
    endpoint(contracts.open, async ({ caller }) => ({
      kind: 'data',
      status: 202,
      headers: { etag: '1' },
      data: { caller },
    })),
    endpoint(contracts.hanging, () => new Promise(() => undefined)),
    endpoint(contracts.broken, () => Promise.reject(failure.error)),
  ]),
);

/** `POST /things` with this body. */
export function createThing(body: unknown, more: Partial<ApiCall> = {}): ReturnType<typeof callThings> {
  return callThings({ method: 'POST', path: '/things', body, ...more });
}
