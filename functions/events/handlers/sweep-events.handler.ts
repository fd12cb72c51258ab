import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv, requireEnvNumber } from '../../shared/platform/env.ts';
import { dynamoCommitOrder } from '../../shared/platform/log/commit-order.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { deadLetterQueue } from '../../shared/platform/queues/dead-letter-queue.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { eventBridgeBus } from '../adapters/event-bus.ts';
import { sweepEvents } from '../adapters/event-sweep.ts';
import { dynamoPublicationMarks } from '../adapters/publication-marks.ts';
import { isPublishAgain, publishAgain } from '../adapters/publish-again.ts';
import { dynamoSweepCheckpoints } from '../adapters/sweep-checkpoints.ts';
import { loggedSweep } from '../adapters/sweep-report.ts';
import { dynamoUnmarkedCommits } from '../adapters/unmarked-commits.ts';

const client = dynamoClient();
const logTable = requireEnv(ENV.eventLogTable);
const marksTable = requireEnv(ENV.marksTable);
const ports = {
  subscriptionId: requireEnv(ENV.subscriptionId),
  log: dynamoEventLog(client, logTable),
  order: dynamoCommitOrder(client, logTable),
  unmarked: dynamoUnmarkedCommits(client, marksTable),
  checkpoints: dynamoSweepCheckpoints(client, marksTable),
  bus: eventBridgeBus(requireEnv(ENV.eventBus)),
  mark: dynamoPublicationMarks(client, marksTable),
  deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)),
  maxAttempts: requireEnvNumber(ENV.maxAttempts),
  report: loggedSweep(),
  now: () => new Date().toISOString(),
};

export const handler = subscriberPipeline<unknown>((detail, { redriveOf }) =>
  isPublishAgain(detail) ? publishAgain(ports, detail, redriveOf) : sweepEvents(ports),
);
