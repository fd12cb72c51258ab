import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ENV } from '../../contracts/env.ts';
import type { StoredEvent } from '../../contracts/event.ts';
import type { FailedEvent } from '../../contracts/failed-event.ts';
import { messageOf } from '../kernel/errors.ts';
import { deadLetterQueue } from './dead-letter-queue.ts';
import { requireEnv, requireEnvNumber } from './env.ts';
import { newLogger, newMetrics } from './logger.ts';

/** Seconds before a failed delivery comes again: 2, 4, 8, …, at most 5 minutes. */
export function backoffSeconds(attempt: number): number {
  return Math.min(2 ** attempt, 300);
}

/**
 * The pipeline of every function behind a queue of envelopes (seed: EventSubscriber): domain events, events of AWS, schedules. Each message is judged alone. One that fails comes again after its
 * backoff; at its last attempt it goes to the dead letter queue as a FailedEvent with its reason, and the queue moves on. The
 * queue's own redrive policy, some attempts later, is the net for a function that dies before it can say so.
 */
export function subscriberPipeline<Detail = StoredEvent>(handle: (detail: Detail) => Promise<void>) {
  const id = requireEnv(ENV.subscriptionId);
  const subscriber = {
    id,
    maxAttempts: requireEnvNumber(ENV.maxAttempts),
    sqs: new SQSClient({}),
    deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)),
    logger: newLogger(),
    metrics: newMetrics({ subscriber: id }),
    handle: (detail: unknown) => handle(detail as Detail),
  };
  const processor = new BatchProcessor(EventType.SQS);
  return middy<SQSEvent, SQSBatchResponse>(async (event: SQSEvent, context: Context) => {
    const response = await processPartialResponse(
      event,
      (record: SQSRecord) => deliver(subscriber, record),
      processor,
      {
        context,
        throwOnFullBatchFailure: false,
      },
    );
    subscriber.metrics.publishStoredMetrics();
    return response;
  });
}

interface Subscriber {
  id: string;
  maxAttempts: number;
  sqs: SQSClient;
  deadLetter: (letter: FailedEvent) => Promise<void>;
  logger: ReturnType<typeof newLogger>;
  metrics: ReturnType<typeof newMetrics>;
  handle: (detail: unknown) => Promise<void>;
}

async function deliver(subscriber: Subscriber, record: SQSRecord): Promise<void> {
  const started = performance.now();
  try {
    await subscriber.handle(envelopeOf(record).detail);
    subscriber.logger.info('Delivered', idsOf(record));
    subscriber.metrics.addMetric('success', MetricUnit.Count, 1);
  } catch (error) {
    subscriber.metrics.addMetric('error', MetricUnit.Count, 1);
    await failed(subscriber, record, error);
  } finally {
    subscriber.metrics.addMetric('duration', MetricUnit.Milliseconds, performance.now() - started);
  }
}

async function failed(subscriber: Subscriber, record: SQSRecord, error: unknown): Promise<void> {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  subscriber.logger.error('Delivery failed', { ...idsOf(record), attempt, error: error as Error });
  if (attempt >= subscriber.maxAttempts) return subscriber.deadLetter(failedEvent(subscriber, record, error, attempt));
  await subscriber.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: requireEnv(ENV.sourceQueue),
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: backoffSeconds(attempt),
    }),
  );
  throw error;
}

function failedEvent(subscriber: Subscriber, record: SQSRecord, error: unknown, attempts: number): FailedEvent {
  return {
    subscriptionId: subscriber.id,
    eventType: eventTypeOf(record),
    message: record.body,
    error: messageOf(error),
    timestamp: new Date().toISOString(),
    retryCount: attempts - 1,
  };
}

const UNREADABLE = 'unreadable';

interface Envelope {
  'detail-type'?: string;
  detail: Partial<Pick<StoredEvent, 'eventId' | 'metadata'>>;
}

/** The queue's messages are EventBridge envelopes; a stored event is the `detail` of its own. */
function envelopeOf(record: SQSRecord): Envelope {
  return JSON.parse(record.body) as Envelope;
}

/** Given with each line, not kept on the logger: messages of a batch are handled side by side. */
function idsOf(record: SQSRecord): {
  messageId: string;
  eventId?: string | undefined;
  correlationId?: string | undefined;
} {
  try {
    const { eventId, metadata } = envelopeOf(record).detail;
    return { messageId: record.messageId, eventId, correlationId: metadata?.correlationId };
  } catch {
    return { messageId: record.messageId };
  }
}

/** A message that is no event has no type either, and its letter must still say one. */
function eventTypeOf(record: SQSRecord): string {
  try {
    return envelopeOf(record)['detail-type'] ?? UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
