import type { Context, SQSBatchResponse } from 'aws-lambda';
import { expect, it } from 'vitest';
import { queuePipeline } from '../../../../functions/shared/platform/queues/queue-pipeline.ts';
import { letterRecord } from '../../../support/dead-letter-samples.ts';

const records = ['m1', 'm2', 'm3'].map((messageId) => letterRecord({ messageId }));

async function failures(bad: readonly string[]): Promise<string[]> {
  const handler = queuePipeline(async ({ messageId }) => {
    if (bad.includes(messageId)) throw new Error('bad');
  });
  const response = (await handler({ Records: records }, {} as Context)) as SQSBatchResponse;
  return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

it('of a batch just the messages that failed come again, also where all of them did', async () => {
  expect(await failures([])).toEqual([]);
  expect(await failures(['m2'])).toEqual(['m2']);
  expect(await failures(['m1', 'm2', 'm3'])).toEqual(['m1', 'm2', 'm3']);
});
