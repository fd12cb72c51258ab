import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REDRIVE_OF } from '../../../../functions/contracts/dead-letters.ts';
import { ENV } from '../../../../functions/contracts/env.ts';
import { subscriberPipeline } from '../../../../functions/shared/platform/queues/subscriber-pipeline.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

captureLogLines();
const sqs = mockClient(SQSClient);
beforeEach(() => {
  sqs.reset();
  vi.stubEnv(ENV.subscriptionId, 'subscriptions');
  vi.stubEnv(ENV.maxAttempts, '1');
  vi.stubEnv(ENV.deadLetterQueue, 'https://queues.example/letters');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** A message with this attribute, and what became of it: what its handler was told, and the letter that it left. */
async function delivered(attribute: string | undefined, handle = async () => undefined) {
  const told: object[] = [];
  const messageAttributes = attribute === undefined ? {} : { [REDRIVE_OF]: { stringValue: attribute } };
  const attributes = { ApproximateReceiveCount: '1' };
  const record = { messageId: 'm', receiptHandle: 'h', body: '{"detail":{}}', attributes, messageAttributes };
  const handler = subscriberPipeline<object>(async (_detail, delivery) => {
    told.push(delivery);
    await handle();
  });
  await handler({ Records: [record as unknown as SQSRecord] }, {} as Context);
  const [sent] = sqs.commandCalls(SendMessageCommand);
  return { told, letter: sent && JSON.parse(sent.args[0].input.MessageBody ?? '') };
}

/** As many as the queue brings. */
const ONLY_TRY = { attempt: 1, isLast: true };
const broken = () => Promise.reject(new Error('broken'));

describe('a message that is a dead letter sent again', () => {
  it('says so to its handler, and in the letter that it leaves if it fails again', async () => {
    expect((await delivered(LETTER)).told).toEqual([{ ...ONLY_TRY, redriveOf: LETTER }]);
    expect((await delivered(LETTER, broken)).letter).toMatchObject({ redriveOf: LETTER, error: 'broken' });
  });

  it.each([undefined, '', 'letter_1', `${LETTER}x`, `x${LETTER}`])('is not one where it says %j', async (attribute) => {
    expect((await delivered(attribute)).told).toEqual([ONLY_TRY]);
    expect((await delivered(attribute, broken)).letter).not.toHaveProperty('redriveOf');
  });
});
