import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deadLetterQueueName } from '../../../functions/contracts/dead-letters.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { DOMAIN_SOURCE } from '../../../functions/contracts/event-names.ts';
import { subscriberPipeline } from '../../../functions/shared/platform/queues/subscriber-pipeline.ts';
import type { Bus } from './bus.ts';
import type { Lambdas } from './lambdas.ts';
import { Queue } from './queue.ts';
import { queueSource } from './queue-source.ts';
import type { World } from './world.ts';

export type Handle = (event: StoredEvent) => Promise<void>;

export interface SubscriptionProps {
  id: string;
  eventTypes: readonly string[];
  maxAttempts: number;
  handle: Handle;
}

export interface Subscription {
  maxAttempts: number;
  /** Receives after which the redrive policy moves a message, should its consumer die each time. */
  maxReceiveCount: number;
  inbox: Queue;
  letters: Queue;
}

/** The stage that is deployed here. */
export const STAGE = 'test';

/** A consumer's last attempt comes so long before the redrive policy. */
const NET = 3;

const TIMEOUT_SECONDS = 30;

/** Deploys a subscriber as `lib/constructs/subscriber.ts` does. */
export function subscribe(world: World, lambdas: Lambdas, bus: Bus, props: SubscriptionProps): Subscription {
  const { id, maxAttempts, handle, eventTypes } = props;
  const maxReceiveCount = maxAttempts + NET;
  const letters = letterQueue(world, id);
  const inbox = new Queue(world, {
    name: `maos-${STAGE}-${id}`,
    visibilityTimeout: 6 * TIMEOUT_SECONDS,
    redrive: { to: letters, maxReceiveCount },
  });
  const env = {
    [ENV.stage]: STAGE,
    [ENV.subscriptionId]: id,
    [ENV.maxAttempts]: String(maxAttempts),
    [ENV.sourceQueue]: inbox.url,
    [ENV.deadLetterQueue]: letters.url,
  };
  const fn = lambdas.deploy<SQSEvent, SQSBatchResponse>(id, env, () => subscriberPipeline(handle));
  queueSource(world, { queue: inbox, fn, batchSize: 10, concurrency: 3 });
  bus.route({ source: DOMAIN_SOURCE, detailTypes: eventTypes, queue: inbox });
  return { maxAttempts, maxReceiveCount, inbox, letters };
}

/** What cannot be handled, as `lib/constructs/queue-with-dlq.ts` has it. */
export function letterQueue(world: World, of: string): Queue {
  return new Queue(world, { name: deadLetterQueueName(STAGE, of), visibilityTimeout: 180 });
}
