import { ENV } from '../../contracts/env.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { taskLog } from '../../shared/platform/task-log.ts';
import { taskEndpoints } from '../adapters/task-endpoints.ts';
import { s3TaskFiles } from '../adapters/task-files.ts';
import { taskCanceller } from '../adapters/task-saga.ts';
import { taskSagaDefinition } from '../adapters/task-saga-definition.ts';

const client = dynamoClient();
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));

export const handler = httpPipeline(
  taskEndpoints({
    log,
    tasks: dynamoReadModels(client, requireEnv(ENV.readModelsTable), taskReadModel),
    files: s3TaskFiles(requireEnv(ENV.filesBucket)),
    lines: taskLog(client, requireEnv(ENV.taskLogTable)),
    breaker: ownBreaker(ownServiceStore(client)),
    cancel: taskCanceller(sagaLog(log), taskSagaDefinition()),
  }),
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
