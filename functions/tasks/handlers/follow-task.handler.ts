import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/subscriber-pipeline.ts';
import { taskFollower } from '../adapters/task-follower.ts';

export const handler = subscriberPipeline(taskFollower(dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable))));
