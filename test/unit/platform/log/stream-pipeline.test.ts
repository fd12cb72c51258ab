import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { FailedEvent } from '../../../../functions/contracts/failed-event.ts';
import type { Commit } from '../../../../functions/shared/platform/log/event-log.ts';
import { streamPipeline } from '../../../../functions/shared/platform/log/stream-pipeline.ts';
import { recordOf } from '../../../support/delivery/stream.ts';
import { commitOf } from '../../../support/log/commits.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
const commits = [commitOf('a', 0, '1', '2'), commitOf('b', 0, '1'), commitOf('a', 2, '3')];

const batch: DynamoDBStreamEvent = { Records: commits.map((commit, index) => recordOf(commit, 100 + index)) };
const subscriptionId = 'publisher';
const letters: FailedEvent[] = [];
const deadLetter = async (letter: FailedEvent) => {
  letters.push(letter);
};
const failing = (...indexes: number[]) =>
  streamPipeline({
    subscriptionId,
    deadLetter,
    run: async (all) => indexes.map((index) => ({ commit: all[index] as Commit, error: 'throttled' })),
  })(batch, {} as Context);

describe("the pipeline behind the log's stream", () => {
  it('reads the commits as they were stored, in order', async () => {
    const seen: (readonly Commit[])[] = [];
    const run = async (all: readonly Commit[]) => {
      seen.push(all);
      return [];
    };
    const answer = await streamPipeline({ subscriptionId, deadLetter, run })(batch, {} as Context);
    expect(seen).toEqual([commits]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it.each([
    { failed: [2], from: '102' },
    { failed: [1, 2], from: '101' },
    { failed: [2, 0], from: '100' },
  ])('asks for everything from the lowest commit that has to come again: $failed', async ({ failed, from }) => {
    expect(await failing(...failed)).toEqual({ batchItemFailures: [{ itemIdentifier: from }] });
  });

  it('logs each commit by its place and its correlation, without its data', async () => {
    await failing(0, 1);
    const placeOf = ({ position, commitId, metadata }: Commit) => ({
      position,
      commitId,
      correlationId: metadata.correlationId,
    });
    expect(logs.lines()).toMatchObject([
      ...commits.slice(0, 2).map((commit) => ({
        level: 'ERROR',
        message: 'Commit not published',
        ...placeOf(commit),
        cause: 'throttled',
      })),
      ...commits.slice(2).map((commit) => ({ level: 'INFO', message: 'Commit published', ...placeOf(commit) })),
    ]);
    for (const { events } of commits) expect(logs.text()).not.toContain(JSON.stringify(events[0]?.data));
  });

  it('tells by metrics what was published, and how long it took', async () => {
    await failing(0);
    const published = commits.slice(1).flatMap(({ events }) => events);
    expect(logs.metrics()).toEqual([
      expect.objectContaining({ service: 'test', PublicationLag: expect.anything() }),
      expect.objectContaining({ service: 'test', eventType: 'Noted', PublishedEvents: published.length }),
    ]);
  });

  it('dead-letters a record that is no commit, with what it held, and goes on with the others', async () => {
    const [first, second, third] = batch.Records as [DynamoDBRecord, DynamoDBRecord, DynamoDBRecord];
    const broken = { ...second, dynamodb: { ...second.dynamodb, NewImage: { aggregateId: { S: 'odd' } } } };
    const seen: (readonly Commit[])[] = [];
    letters.length = 0;
    const run = async (all: readonly Commit[]) => {
      seen.push(all);
      return [];
    };
    const answer = await streamPipeline({ subscriptionId, deadLetter, run })(
      { Records: [first, broken, third] },
      {} as Context,
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([[commits[0], commits[2]]]);
    expect(letters).toEqual([expect.objectContaining({ subscriptionId: 'publisher', eventType: 'unreadable' })]);
    expect(letters[0]?.message).toContain('odd');
  });

  it('throws where the publisher throws, so that the whole batch comes again', async () => {
    const broken = streamPipeline({
      subscriptionId,
      deadLetter,
      run: () => Promise.reject(new Error('no marks table')),
    });
    await expect(broken(batch, {} as Context)).rejects.toThrow('no marks table');
  });
});
