import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { REDRIVE_OF, redriveOf } from '../../../contracts/dead-letters.ts';
import { ENV } from '../../../contracts/env.ts';
import type { StoredEvent } from '../../../contracts/event.ts';
import type { FailedEvent } from '../../../contracts/failed-event.ts';
import { idsOf } from '../../../contracts/messages.ts';
import { METRICS } from '../../../contracts/metrics.ts';
import { messageOf } from '../../kernel/errors.ts';
import { requireEnv, requireEnvNumber } from '../env.ts';
import { newLogger, newMetrics } from '../logger.ts';
import { parseJson } from '../parse-json.ts';
import { deadLetterQueue } from './dead-letter-queue.ts';
import { failedEvent } from './failed-event.ts';
import { queuePipeline } from './queue-pipeline.ts';

/** Seconds before a failed delivery comes again: 2, 4, 8, …, at most 5 minutes. */
export function backoffSeconds(attempt: number): number {
  return Math.min(2 ** attempt, 300);
}

/**
 * The pipeline of every function behind a queue of envelopes (seed: EventSubscriber): domain events, events of AWS, schedules. A
 * message that fails comes again after its backoff; at its last attempt it goes to the dead letter queue as a FailedEvent with its
 * reason, and the queue moves on. The queue's own redrive policy, some attempts later, is the net for a function that dies before it
 * can say so.
 */
export function subscriberPipeline<Detail = StoredEvent>(
  handle: (detail: Detail, delivery: Delivery) => Promise<void>,
) {
  const id = requireEnv(ENV.subscriptionId);
  const subscriber = {
    id,
    maxAttempts: requireEnvNumber(ENV.maxAttempts),
    sqs: new SQSClient({}),
    deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)),
    logger: newLogger(),
    metrics: newMetrics({ subscriber: id }),
    handle: (detail: unknown, delivery: Delivery) => handle(detail as Detail, delivery),
  };
  return queuePipeline((record) => deliver(subscriber, record)).after(() => {
    subscriber.metrics.publishStoredMetrics();
  });
}

/** What a message says of its coming. */
export interface Delivery {
  /** 1 at first. */
  attempt: number;
  /** Where it fails, it does not come again. */
  isLast: boolean;
  /** The dead letter that was sent again, if it is one. */
  redriveOf?: string;
}

interface Subscriber {
  id: string;
  maxAttempts: number;
  sqs: SQSClient;
  deadLetter: (letter: FailedEvent) => Promise<void>;
  logger: ReturnType<typeof newLogger>;
  metrics: ReturnType<typeof newMetrics>;
  handle: (detail: unknown, delivery: Delivery) => Promise<void>;
}

async function deliver(subscriber: Subscriber, record: SQSRecord): Promise<void> {
  const started = performance.now();
  try {
    await subscriber.handle(detailOf(record), deliveryOf(subscriber, record));
    subscriber.logger.info('Delivered', logged(record));
    subscriber.metrics.addMetric(METRICS.success, MetricUnit.Count, 1);
  } catch (error) {
    subscriber.metrics.addMetric(METRICS.error, MetricUnit.Count, 1);
    await failed(subscriber, record, error);
  } finally {
    subscriber.metrics.addMetric(METRICS.duration, MetricUnit.Milliseconds, performance.now() - started);
  }
}

async function failed(subscriber: Subscriber, record: SQSRecord, error: unknown): Promise<void> {
  const { attempt, isLast } = deliveryOf(subscriber, record);
  subscriber.logger.error('Delivery failed', { ...logged(record), attempt, error: error as Error });
  if (isLast) return subscriber.deadLetter(letterOf(subscriber, record, error, attempt));
  await subscriber.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: requireEnv(ENV.sourceQueue),
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: backoffSeconds(attempt),
    }),
  );
  throw error;
}

function letterOf({ id }: Subscriber, record: SQSRecord, error: unknown, attempts: number): FailedEvent {
  const { eventType } = idsOf(record.body);
  const failure = { subscriptionId: id, eventType, message: record.body, error: messageOf(error), attempts };
  return failedEvent({ ...failure, ...redrivenAs(record) });
}

function deliveryOf({ maxAttempts }: Pick<Subscriber, 'maxAttempts'>, record: SQSRecord): Delivery {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  return { attempt, isLast: attempt >= maxAttempts, ...redrivenAs(record) };
}

function redrivenAs({ messageAttributes }: Pick<SQSRecord, 'messageAttributes'>): Pick<Delivery, 'redriveOf'> {
  return redriveOf(messageAttributes?.[REDRIVE_OF]?.stringValue);
}

/** The queue's messages are EventBridge envelopes; a stored event is the `detail` of its own. */
function detailOf({ body }: SQSRecord): unknown {
  return (parseJson(body, 'The message') as { detail: unknown }).detail;
}

/** Given with each line, not kept on the logger: messages of a batch are handled side by side. */
function logged({ messageId, body }: SQSRecord) {
  const { eventId, correlationId } = idsOf(body);
  return { messageId, eventId, correlationId };
}
