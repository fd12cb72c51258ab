import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { taskSagaStarter } from '../adapters/task-saga.ts';
import { taskSagaDefinition } from '../adapters/task-saga-definition.ts';

const sagas = sagaLog(dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable)));

export const handler = subscriberPipeline(taskSagaStarter(sagas, taskSagaDefinition(), requireEnv(ENV.taskMachine)));
