import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { ExecutionStatus } from '../adapters/interrupted-saga.ts';
import { interruptedSaga } from '../adapters/interrupted-saga.ts';

const log = dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable));

export const handler = subscriberPipeline<ExecutionStatus>(interruptedSaga(sagaLog(log)));
