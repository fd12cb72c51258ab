import type { Metrics } from '@aws-lambda-powertools/metrics';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { FailedEvent } from '../../../contracts/failed-event.ts';
import { UNREADABLE } from '../../../contracts/messages.ts';
import { METRICS } from '../../../contracts/metrics.ts';
import { newLogger, newMetrics } from '../logger.ts';
import { failedEvent } from '../queues/failed-event.ts';
import { commitFromItem } from './dynamo-event-log.ts';
import type { Commit } from './event-log.ts';

const logger = newLogger();

export interface StreamPorts {
  /** Names it in letters. */
  subscriptionId: string;
  /** Returns the commits that must come again. */
  run(commits: readonly Commit[]): Promise<{ commit: Commit; error: string }[]>;
  /** Takes a record that is no commit: it would stop the shard for as long as it is delivered. */
  deadLetter(letter: FailedEvent): Promise<void>;
}

/**
 * The pipeline of a function behind the event log's stream. Of the commits that must come again the lowest is reported, and Lambda
 * delivers from there on (ReportBatchItemFailures on streams).
 */
export function streamPipeline({ subscriptionId: id, run, deadLetter }: StreamPorts) {
  const metrics = newMetrics({});
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => {
    const records: { record: DynamoDBRecord; commit: Commit }[] = [];
    for (const record of event.Records) {
      const commit = commitOf(record);
      if (commit instanceof Error) await deadLetter(unreadable(id, record, commit));
      else records.push({ record, commit });
    }
    const commits = records.map(({ commit }) => commit);
    const again = await run(commits);
    for (const { commit, error } of again) logger.error('Commit not published', { ...placeOf(commit), cause: error });
    const waiting = new Set(again.map(({ commit }) => commit));
    tellPublished(
      metrics,
      commits.filter((commit) => !waiting.has(commit)),
    );
    const lowest = records.find(({ commit }) => waiting.has(commit));
    const sequence = lowest?.record.dynamodb?.SequenceNumber;
    return { batchItemFailures: sequence === undefined ? [] : [{ itemIdentifier: sequence }] };
  });
}

/** What the bus took, or refused for good and was dead-lettered. */
function tellPublished(metrics: Metrics, commits: readonly Commit[]): void {
  for (const commit of commits) {
    logger.info('Commit published', placeOf(commit));
    metrics.addMetric(METRICS.lag, MetricUnit.Milliseconds, Date.now() - Date.parse(commit.committedAt));
  }
  metrics.publishStoredMetrics();
  for (const [eventType, count] of countsByType(commits)) {
    metrics.singleMetric().addDimension('eventType', eventType).addMetric(METRICS.published, MetricUnit.Count, count);
  }
}

function countsByType(commits: readonly Commit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of commits.flatMap(typesOf)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** Each name is a metric that costs: what users call their events is not told there. */
function typesOf({ events, source }: Commit): string[] {
  return events.map(({ type }) => (source === undefined ? type : 'user'));
}

function placeOf({ position, commitId, metadata }: Commit) {
  return { position, commitId, correlationId: metadata.correlationId };
}

function commitOf(record: DynamoDBRecord): Commit | Error {
  try {
    return commitFromItem(unmarshall(record.dynamodb?.NewImage as Record<string, AttributeValue>));
  } catch (error) {
    return error as Error;
  }
}

function unreadable(subscriptionId: string, record: DynamoDBRecord, error: Error): FailedEvent {
  logger.error('Record is no commit', { sequence: record.dynamodb?.SequenceNumber, error });
  const message = JSON.stringify(record.dynamodb ?? {});
  return failedEvent({ subscriptionId, eventType: UNREADABLE, message, error: error.message, attempts: 1 });
}
