import { ENV } from '../../contracts/env.ts';
import { sagaReadModel } from '../../contracts/views/saga.model.ts';
import { ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { ownReadModel } from '../../shared/platform/read-models/current-read-model.ts';
import { definitionEndpoints } from '../adapters/definition-endpoints.ts';
import { dynamoSagaDefinitions } from '../adapters/saga-definitions.ts';
import { sagaEndpoints } from '../adapters/saga-endpoints.ts';

const client = dynamoClient();
const services = ownServiceStore(client);
const definitions = dynamoSagaDefinitions(client, requireEnv(ENV.sagaDefinitionsTable));
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));
const sagas = ownReadModel(client, sagaReadModel);

export const handler = httpPipeline(
  [...definitionEndpoints({ definitions, services }), ...sagaEndpoints({ log, sagas, definitions, services })],
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
