import { ENV } from '../../contracts/env.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { dynamoReadModels } from '../../shared/platform/dynamo-read-models.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { projector } from '../../shared/platform/projection.ts';
import { subscriberPipeline } from '../../shared/platform/subscriber-pipeline.ts';
import { tasksProjection } from '../domain/tasks.projection.ts';

const client = dynamoClient();
const rows = dynamoReadModels(client, requireEnv(ENV.readModelsTable), taskReadModel);
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));

export const handler = subscriberPipeline(projector(tasksProjection, rows, log));
