import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { subscriberPipeline } from '../../shared/platform/subscriber-pipeline.ts';
import type { ExecutionStatus } from '../adapters/interrupted-saga.ts';
import { interruptedSaga } from '../adapters/interrupted-saga.ts';

const log = dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable));

export const handler = subscriberPipeline<ExecutionStatus>(interruptedSaga(sagaLog(log)));
