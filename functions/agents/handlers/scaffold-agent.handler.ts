import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../shared/platform/dynamo-event-log.ts';
import { requireEnv, requireEnvNumber } from '../../shared/platform/env.ts';
import { stepPipeline } from '../../shared/platform/step-pipeline.ts';
import { s3TaskFiles } from '../../shared/platform/task-files.ts';
import { scaffoldAgent } from '../adapters/scaffold-agent.ts';

export const handler = stepPipeline(
  scaffoldAgent({
    log: dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable)),
    files: s3TaskFiles(requireEnv(ENV.filesBucket)),
    holdMs: requireEnvNumber(ENV.scaffoldHoldMs),
  }),
);
