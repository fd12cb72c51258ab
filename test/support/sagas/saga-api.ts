import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import type { SagaDefinitionBody } from '../../../functions/contracts/api/saga-definition.ts';
import { sagaReadModel } from '../../../functions/contracts/views/saga.model.ts';
import { sagasProjection } from '../../../functions/projections/domain/sagas/sagas.projection.ts';
import { definitionEndpoints } from '../../../functions/sagas/adapters/definition-endpoints.ts';
import { dynamoSagaDefinitions } from '../../../functions/sagas/adapters/saga-definitions.ts';
import { sagaEndpoints } from '../../../functions/sagas/adapters/saga-endpoints.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { MemoryServiceStore } from '../breaker/memory-service-store.ts';
import { registrationOf } from '../breaker/registrations.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { memoryDocuments } from '../webhooks/memory-documents.ts';

export const DEFINITIONS = '/api/v1/saga-definitions';
export const SAGAS = '/api/v1/sagas';

export const STEP = { id: 'flight', service: 'billing', action: 'book', input: { seat: '1A' } };
/** As a user sends it: what may be left out is. */
export const TRIP = { id: 'trip', name: 'Book a trip', steps: [STEP], timeout: 600_000 };
/** The same as it is answered. */
export const TRIP_SAID: SagaDefinitionBody = { ...TRIP, steps: [{ ...STEP, timeout: 30_000, retries: 0 }] };

/**
 * The API of sagas and their definitions on stores in memory; `billing` is the one service that is registered. Nothing is kept under an
 * `Idempotency-Key`: a call under one is run anew each time.
 */
export function sagaApi() {
  memoryDocuments({ Definitions: ['kind', 'id'] });
  const log = memoryEventLog();
  const rows = memoryReadModels(sagaReadModel);
  const definitions = dynamoSagaDefinitions(dynamoClient(), 'Definitions');
  const services = new MemoryServiceStore();
  services.register(registrationOf('billing', {}));
  const ports = { log, sagas: rows, definitions, services };
  const endpoints = [...definitionEndpoints(ports), ...sagaEndpoints(ports)];
  const api = apiCaller(httpPipeline(endpoints, { idempotency: (_call, _context, run) => run() }));
  let calls = 0;
  const call = (method: string, path: string, more: Partial<ApiCall> = {}) => {
    calls += 1;
    return api({ method, path, scopes: 'read,write,admin', requestId: `request-${calls}`, ...more });
  };
  return {
    ...{ log, services, definitions, call },
    sagas: sagaLog(log),
    put: (body: unknown, id = 'trip') => call('PUT', `${DEFINITIONS}/${id}`, { body }),
    start: (body: unknown, more: Partial<ApiCall> = {}) => call('POST', SAGAS, { body, ...more }),
    started: async (body: object = { definition: TRIP }) =>
      (await call('POST', SAGAS, { body })).json.data as SagaExecution,
    /** Has the list know of a saga all that the log does. */
    async list(sagaId: string): Promise<void> {
      const { apply: project } = projector(sagasProjection, rows, log);
      const { commits } = await log.load(sagaId);
      for (const event of commits.flatMap(storedEvents)) await project(event);
    },
  };
}

/** Where something is wrong with a call, in order. */
export function pathsOf({ status, json }: Awaited<ReturnType<ReturnType<typeof apiCaller>>>): unknown[] {
  return [status, json.error?.code, ...(json.error?.details ?? []).map(({ path }) => path)];
}
