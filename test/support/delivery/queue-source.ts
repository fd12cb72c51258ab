import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LambdaFunction, Outcome } from './lambdas.ts';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

export interface QueueSource {
  queue: Queue;
  fn: LambdaFunction<SQSEvent, SQSBatchResponse>;
  batchSize: number;
  /** Invocations side by side. */
  concurrency: number;
}

/** How long messages gather before they are received, at most. */
const POLL_MS = 800;

/**
 * An SQS event source with ReportBatchItemFailures: batches of any size up to the limit, and what is not reported is deleted. A function
 * that throws, dies or reports what it was not given has handled nothing (Lambda developer guide, "Handling errors for an SQS event
 * source").
 */
export function queueSource(world: World, { queue, fn, batchSize, concurrency }: QueueSource): void {
  let running = 0;
  let isPolling = false;
  const wake = (): void => {
    if (isPolling || running >= concurrency) return;
    isPolling = true;
    world.clock.in(world.time(POLL_MS), poll);
  };
  const poll = (): void => {
    isPolling = false;
    const records = queue.receive(world.whole(1, batchSize));
    if (records.length === 0) return;
    running += 1;
    void deliver(records).then(() => {
      running -= 1;
      wake();
    });
    wake();
  };
  const deliver = async (Records: SQSRecord[]): Promise<void> => {
    const done = handled(Records, await fn.invoke({ Records }));
    if (done.length > 0 && done.length < Records.length) world.tally.add('some messages again');
    for (const { receiptHandle } of done) {
      if (!queue.delete(receiptHandle)) world.tally.add('stale receipt');
    }
  };
  queue.onVisible(wake);
}

function handled(records: readonly SQSRecord[], outcome: Outcome<SQSBatchResponse>): SQSRecord[] {
  if ('error' in outcome) return [];
  const failed = outcome.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const ids = records.map(({ messageId }) => messageId);
  if (failed.some((id) => !ids.includes(id))) return [];
  return records.filter(({ messageId }) => !failed.includes(messageId));
}
