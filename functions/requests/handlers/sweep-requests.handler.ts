import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { systemClock } from '../adapters/clock.ts';
import { dynamoDueRequests } from '../adapters/dynamo-request-store.ts';
import { tryQueue } from '../adapters/request-orders.ts';
import { sweepRequests } from '../adapters/request-sweep.ts';

const due = dynamoDueRequests({ client: dynamoClient(), table: requireEnv(ENV.requestsTable) });
const order = tryQueue(requireEnv(ENV.requestsQueue));

export const handler = subscriberPipeline<unknown>(() => sweepRequests({ due, order, clock: systemClock }));
