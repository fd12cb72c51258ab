import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv, requireEnvNumber } from '../../shared/platform/env.ts';
import { streamPipeline } from '../../shared/platform/log/stream-pipeline.ts';
import { deadLetterQueue } from '../../shared/platform/queues/dead-letter-queue.ts';
import { eventBridgeBus } from '../adapters/event-bus.ts';
import { dynamoPublicationMarks } from '../adapters/publication-marks.ts';
import { publisher } from '../adapters/publisher.ts';

const subscriptionId = requireEnv(ENV.subscriptionId);
const deadLetter = deadLetterQueue(requireEnv(ENV.deadLetterQueue));

export const handler = streamPipeline({
  subscriptionId,
  deadLetter,
  run: publisher({
    subscriptionId,
    bus: eventBridgeBus(requireEnv(ENV.eventBus)),
    mark: dynamoPublicationMarks(dynamoClient(), requireEnv(ENV.marksTable)),
    deadLetter,
    maxAttempts: requireEnvNumber(ENV.maxAttempts),
    now: () => new Date().toISOString(),
  }),
});
