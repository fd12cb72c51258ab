import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoCommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { eventEndpoints } from '../adapters/event-endpoints.ts';
import { dynamoPublicationStatus } from '../adapters/publication-status.ts';

const client = dynamoClient();
const logTable = requireEnv(ENV.eventLogTable);

export const handler = httpPipeline(
  eventEndpoints({
    log: dynamoEventLog(client, logTable),
    feed: dynamoCommitFeed(client, logTable),
    publication: dynamoPublicationStatus(client, requireEnv(ENV.marksTable)),
  }),
  { idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)) },
);
