import { ENV } from '../../contracts/env.ts';
import { sagaReadModel } from '../../contracts/views/saga.model.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { projector } from '../../shared/platform/read-models/projection.ts';
import { sagasProjection } from '../domain/sagas.projection.ts';

const client = dynamoClient();
const rows = dynamoReadModels(client, requireEnv(ENV.readModelsTable), sagaReadModel);
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));

export const handler = subscriberPipeline(projector(sagasProjection, rows, log));
