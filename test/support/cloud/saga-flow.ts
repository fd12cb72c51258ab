import { randomUUID } from 'node:crypto';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import type { SagaDefinitionBody } from '../../../functions/contracts/api/saga-definition.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { FaultServer, Received } from '../outgoing/fault-server.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

export type Step = Partial<SagaDefinitionBody['steps'][number]>;

/** A saga of these steps, each of which a service does and undoes under the step's own name. */
export function sagaOf(service: string, steps: Record<string, Step>, timeout = 600_000): SagaDefinitionBody {
  return {
    id: `saga-${randomUUID().slice(0, 8)}`,
    name: 'A saga of a test',
    timeout,
    steps: Object.entries(steps).map(([id, step]) => ({
      ...{ id, service, action: `do-${id}`, compensation: `undo-${id}`, input: {}, timeout: 30_000, retries: 0 },
      ...step,
    })),
  };
}

export async function startSaga(
  api: ApiClient,
  definition: SagaDefinitionBody,
  data: Record<string, unknown> = {},
): Promise<SagaExecution> {
  return dataOf<SagaExecution>(await api.create('/sagas', { definition, data }));
}

/** The saga, once it has ended. */
export async function endedSaga(
  api: ApiClient,
  id: string,
  { everyMs = 200, limitMs = 90_000 } = {},
): Promise<SagaExecution> {
  let seen: SagaExecution | undefined;
  const look = async () => {
    seen = await api.data<SagaExecution>(`/sagas/${id}`);
    return seen.status === 'completed' || seen.status === 'failed' ? seen : undefined;
  };
  const saga = await waitFor(look, { everyMs, limitMs });
  if (saga === undefined) throw new Error(`${id} is still ${seen?.status} after ${limitMs / 1000} s.`);
  return saga;
}

/** What the service was called, in order. */
export function callsOf({ requests }: Pick<FaultServer, 'requests'>): string[] {
  return requests.map(operationOf);
}

export function operationOf({ url = '' }: Pick<Received, 'url'>): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** Brings the result of a call to the address that came with it. */
export function complete({ headers }: Received, body: object): Promise<Response> {
  return fetch(String(headers['x-maos-complete-url']), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
