import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamoPublicationMarks } from '../../../functions/events/adapters/publication-marks.ts';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { commitOf } from '../../support/log/commits.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
});

const commit = commitOf('a', 4, '1', '2');
async function markOf(...publications: Pick<Publication, 'status' | 'attempts' | 'error'>[]) {
  const events = storedEvents(commit);
  const whole = publications.map((one, index) => ({ ...one, event: events[index] as Publication['event'] }));
  vi.setSystemTime(new Date('2026-08-20T00:00:00.000Z'));
  await dynamoPublicationMarks(dynamoClient(), 'Marks')(commit, whole);
  vi.useRealTimers();
  return dynamo.commandCalls(PutCommand).map((call) => call.args[0].input);
}

describe("a commit's publication mark", () => {
  it('stands under the key of the commit, and says that all was published', async () => {
    const puts = await markOf({ status: 'published', attempts: 1 }, { status: 'published', attempts: 3 });
    expect(puts).toEqual([
      {
        TableName: 'Marks',
        Item: {
          aggregateId: 'a',
          version: 5,
          status: 'published',
          attempts: 3,
          publishedAt: '2026-08-20T00:00:00.000Z',
        },
      },
    ]);
  });

  it('names the events that failed, and why', async () => {
    const puts = await markOf(
      { status: 'failed', attempts: 2, error: 'Odd: no' },
      { status: 'published', attempts: 1 },
    );
    expect(puts[0]?.Item).toMatchObject({
      status: 'failed',
      attempts: 2,
      failures: [{ eventId: 'a-5', error: 'Odd: no' }],
    });
  });

  it('is an error where it cannot be written', async () => {
    dynamo.on(PutCommand).rejects(new Error('throttled'));
    await expect(markOf({ status: 'published', attempts: 1 })).rejects.toThrow('throttled');
  });
});
