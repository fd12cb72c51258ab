import { ENV } from '../../contracts/env.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { dynamoReadModels } from '../../shared/platform/dynamo-read-models.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { s3TaskFiles } from '../../shared/platform/task-files.ts';
import { taskEndpoints } from '../adapters/task-endpoints.ts';

const client = dynamoClient();

export const handler = httpPipeline(
  taskEndpoints({
    log: dynamoEventLog(client, requireEnv(ENV.eventLogTable)),
    tasks: dynamoReadModels(client, requireEnv(ENV.readModelsTable), taskReadModel),
    files: s3TaskFiles(requireEnv(ENV.filesBucket)),
  }),
);
