import { ENV } from '../../contracts/env.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { taskLog } from '../../shared/platform/task-log.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { taskCallbacks } from '../adapters/task-callbacks.ts';
import { taskEndpoints } from '../adapters/task-endpoints.ts';
import { s3TaskFiles } from '../adapters/task-files.ts';
import { taskCanceller } from '../adapters/task-saga.ts';
import { taskSagaDefinition } from '../adapters/task-saga-definition.ts';

const client = dynamoClient();
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));
const deliveries = dynamoDeliveryStore({ client, table: requireEnv(ENV.webhooksTable) });
const rules = addressRules();

export const handler = httpPipeline(
  taskEndpoints({
    log,
    tasks: dynamoReadModels(client, requireEnv(ENV.readModelsTable), taskReadModel),
    files: s3TaskFiles(requireEnv(ENV.filesBucket)),
    lines: taskLog(client, requireEnv(ENV.taskLogTable)),
    breaker: ownBreaker(ownServiceStore(client)),
    cancel: taskCanceller(sagaLog(log), taskSagaDefinition()),
    callbacks: taskCallbacks(deliveries, (writes) => transact(client, writes)),
    addressFaults: (text, path) => addressFaults(text, path, rules),
  }),
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
