import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { ownRunner } from '../adapters/own-runner.ts';
import type { TryOrder } from '../adapters/request-orders.ts';

const run = ownRunner();

export const handler = subscriberPipeline<TryOrder>(({ requestId }) => run(requestId));
