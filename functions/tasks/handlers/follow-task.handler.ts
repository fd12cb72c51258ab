import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { taskFollower } from '../adapters/task-follower.ts';

export const handler = subscriberPipeline(taskFollower(dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable))));
