import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { webhookKicks } from '../../shared/platform/webhooks/webhook-kicks.ts';
import { statusTeller, taskCallbacks } from '../adapters/task-callbacks.ts';
import { taskFollower } from '../adapters/task-follower.ts';

const client = dynamoClient();
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));
const deliveries = dynamoDeliveryStore({ client, table: requireEnv(ENV.webhooksTable) });
const callbacks = taskCallbacks(deliveries, (writes) => transact(client, writes));
const tell = statusTeller({ log, callbacks, kick: webhookKicks(requireEnv(ENV.webhooksQueue)) });

export const handler = subscriberPipeline(taskFollower(log, tell));
