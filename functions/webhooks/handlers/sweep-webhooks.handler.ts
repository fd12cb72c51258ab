import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { dueStreams } from '../adapters/due-streams.ts';
import { sweepWebhooks } from '../adapters/webhook-sweep.ts';

const at = { client: dynamoClient(), table: requireEnv(ENV.webhooksTable) };
const kick = webhookKicks(requireEnv(ENV.webhooksQueue));

export const handler = subscriberPipeline<unknown>(() =>
  sweepWebhooks({ due: (now) => dueStreams(at, now), kick }, new Date().toISOString()),
);
