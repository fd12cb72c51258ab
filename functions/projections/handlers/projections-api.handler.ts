import { ENV } from '../../contracts/env.ts';
import type { ProjectionName, RetryFailedEvent } from '../../contracts/projections.ts';
import { KEEP_PROJECTIONS, RETRY_FAILED_EVENT } from '../../contracts/projections.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { envList, requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoCommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { messageQueue } from '../../shared/platform/queues/message-queue.ts';
import { ownReadModel } from '../../shared/platform/read-models/current-read-model.ts';
import { dynamoFailedEvents } from '../adapters/dynamo-failed-events.ts';
import { dynamoProjectionStore } from '../adapters/dynamo-projection-store.ts';
import { dynamoSegments } from '../adapters/dynamo-segments.ts';
import { projectionEndpoints } from '../adapters/projection-endpoints.ts';
import { queryEndpoints } from '../adapters/query-endpoints.ts';
import { READ_MODELS } from '../domain/read-models.ts';

const client = dynamoClient();
const at = { client, table: requireEnv(ENV.projectionsTable) };
const keep = messageQueue(requireEnv(ENV.projectionKeeper), KEEP_PROJECTIONS);
const retries = new Map(
  envList(ENV.projectionQueues).map((pair) => {
    const [name = '', url = ''] = pair.split('=');
    return [name, messageQueue<RetryFailedEvent>(url, RETRY_FAILED_EVENT)];
  }),
);

const manager = {
  store: dynamoProjectionStore(at),
  failed: dynamoFailedEvents(at),
  segments: dynamoSegments(at),
  feed: dynamoCommitFeed(client, requireEnv(ENV.eventLogTable)),
  keep: () => keep({}),
  retry: async (name: ProjectionName, event: RetryFailedEvent) => retries.get(name)?.(event),
  now: () => new Date().toISOString(),
};

export const handler = httpPipeline([
  ...projectionEndpoints(manager),
  ...queryEndpoints({ readerOf: (name) => ownReadModel(client, READ_MODELS[name].model) }),
]);
