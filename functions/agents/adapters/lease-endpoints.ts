import { agentRoutes } from '../../contracts/api/agent.ts';
import { invalid } from '../../shared/kernel/errors.ts';
import type { Answer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { fileContentType } from '../domain/content-type.ts';
import type { LeaseCall, Leases } from './leases.ts';

export function leaseEndpoints(leases: Leases) {
  return [
    endpoint(agentRoutes.heartbeat, async (request) => data(await leases.heartbeat(callOf(request), request.body))),
    endpoint(agentRoutes.putLeaseFile, (request) => putFile(leases, request)),
    endpoint(agentRoutes.completeLease, async (request) => data(await leases.complete(callOf(request), request.body))),
    endpoint(agentRoutes.failLease, async (request) => data(await leases.fail(callOf(request), request.body))),
  ];
}

const data = (value: unknown): Answer => ({ kind: 'data', data: value });

interface LeaseRequest {
  params: { leaseId: string };
  caller: { keyId: string };
  requestId: string;
}

function callOf({ params, caller, requestId }: LeaseRequest): LeaseCall {
  return { leaseId: params.leaseId, keyId: caller.keyId, requestId };
}

async function putFile(leases: Leases, request: HttpRequest<typeof agentRoutes.putLeaseFile>): Promise<Answer> {
  const { path } = request.params;
  const contentType = fileContentType(request.headers['content-type']);
  const announced = announcedFile(request);
  if (announced === undefined) {
    return data(await leases.stage(callOf(request), { path, bytes: request.bytes, contentType }));
  }
  return data(await leases.uploadUrl(callOf(request), { path, ...announced, contentType }));
}

/** A file that is to come by an address of its own; `undefined` where the body is the file. */
function announcedFile({ headers, bytes }: HttpRequest<typeof agentRoutes.putLeaseFile>) {
  const { 'x-file-size': size, 'x-file-sha256': sha256 } = headers;
  if (size === undefined && sha256 === undefined) return undefined;
  if (size === undefined) throw invalid([{ path: 'x-file-size', message: 'is needed beside x-file-sha256' }]);
  if (sha256 === undefined) throw invalid([{ path: 'x-file-sha256', message: 'is needed beside x-file-size' }]);
  if (bytes.byteLength > 0) throw invalid([{ path: 'body', message: 'must be empty beside x-file-size' }]);
  return { size: Number(size), sha256 };
}
