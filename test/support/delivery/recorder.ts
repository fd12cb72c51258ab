import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { deadLetterModel } from '../../../functions/contracts/dead-letters.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import { deadLetterRecorder } from '../../../functions/dead-letters/adapters/dead-letter-recorder.ts';
import { queuePipeline } from '../../../functions/shared/platform/queues/queue-pipeline.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import type { Lambdas } from './lambdas.ts';
import type { Queue } from './queue.ts';
import { queueSource } from './queue-source.ts';
import type { World } from './world.ts';

/** The letters that are kept, newest first. */
export type RecordedLetters = () => Promise<DeadLetterRow[]>;

/** More than any drill makes. */
const ALL = 100_000;

/** Deploys the recorder of dead letters behind these queues, as `lib/stacks/dead-letters-stack.ts` does. */
export function recordLetters(
  world: World,
  lambdas: Lambdas,
  queues: readonly Queue[],
  stage: string,
): RecordedLetters {
  const rows = memoryReadModels(deadLetterModel);
  const messages = { put: () => Promise.reject(new Error('No message of a drill is as large as that.')) };
  const fn = lambdas.deploy<SQSEvent, SQSBatchResponse>('recorder', { [ENV.stage]: stage }, () =>
    queuePipeline(deadLetterRecorder({ stage, rows: lambdas.through(rows, 'put'), messages })),
  );
  for (const queue of queues) queueSource(world, { queue, fn, batchSize: 10, concurrency: 2 });
  return async () => (await rows.query({ where: {}, limit: ALL })).items;
}
