import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { subscriberPipeline } from '../../shared/platform/subscriber-pipeline.ts';
import { taskSagaStarter } from '../adapters/task-saga.ts';
import { taskSagaDefinition } from '../adapters/task-saga-definition.ts';

const sagas = sagaLog(dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable)));

export const handler = subscriberPipeline(taskSagaStarter(sagas, taskSagaDefinition(), requireEnv(ENV.taskMachine)));
