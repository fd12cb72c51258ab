import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/**
 * The pipeline of every function behind a queue. Each message is judged alone: one that could not be handled comes again when the
 * queue shows it again, and its neighbours are done.
 */
export function queuePipeline(handle: (record: SQSRecord) => Promise<void>) {
  const processor = new BatchProcessor(EventType.SQS);
  return middy<SQSEvent, SQSBatchResponse>((event: SQSEvent, context: Context) =>
    processPartialResponse(event, handle, processor, { context, throwOnFullBatchFailure: false }),
  );
}
