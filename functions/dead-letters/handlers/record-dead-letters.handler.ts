import { deadLetterModel } from '../../contracts/dead-letters.ts';
import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { queuePipeline } from '../../shared/platform/queues/queue-pipeline.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { deadLetterRecorder } from '../adapters/dead-letter-recorder.ts';
import { s3LargeMessages } from '../adapters/large-messages.ts';

export const handler = queuePipeline(
  deadLetterRecorder({
    stage: requireEnv(ENV.stage),
    rows: dynamoReadModels(dynamoClient(), requireEnv(ENV.deadLettersTable), deadLetterModel),
    messages: s3LargeMessages(requireEnv(ENV.filesBucket)),
  }),
);
