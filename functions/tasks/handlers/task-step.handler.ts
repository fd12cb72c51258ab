import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { stepPipeline } from '../../shared/platform/step-pipeline.ts';
import { taskSteps } from '../adapters/task-steps.ts';

const log = dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable));

export const handler = stepPipeline(taskSteps(log, () => new Date().toISOString()));
