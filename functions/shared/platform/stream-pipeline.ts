import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { FailedEvent } from '../../contracts/failed-event.ts';
import { commitFromItem } from './dynamo-event-log.ts';
import type { Commit } from './event-log.ts';
import { newLogger } from './logger.ts';

const logger = newLogger();

export interface StreamPorts {
  /** Returns the commits that must come again. */
  run(commits: readonly Commit[]): Promise<{ commit: Commit; error: string }[]>;
  /** Takes a record that is no commit: it would stop the shard for as long as it is delivered. */
  deadLetter(letter: FailedEvent): Promise<void>;
}

/**
 * The pipeline of a function behind the event log's stream. Of the commits that must come again the lowest is reported, and Lambda
 * delivers from there on (ReportBatchItemFailures on streams).
 */
export function streamPipeline({ run, deadLetter }: StreamPorts) {
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => {
    const records: { record: DynamoDBRecord; commit: Commit }[] = [];
    for (const record of event.Records) {
      const commit = commitOf(record);
      if (commit instanceof Error) await deadLetter(unreadable(record, commit));
      else records.push({ record, commit });
    }
    const again = await run(records.map(({ commit }) => commit));
    for (const { commit, error } of again)
      logger.error('Commit not published', { position: commit.position, cause: error });
    const lowest = records.find(({ commit }) => again.some((one) => one.commit === commit));
    const sequence = lowest?.record.dynamodb?.SequenceNumber;
    return { batchItemFailures: sequence === undefined ? [] : [{ itemIdentifier: sequence }] };
  });
}

function commitOf(record: DynamoDBRecord): Commit | Error {
  try {
    return commitFromItem(unmarshall(record.dynamodb?.NewImage as Record<string, AttributeValue>));
  } catch (error) {
    return error as Error;
  }
}

function unreadable(record: DynamoDBRecord, error: Error): FailedEvent {
  logger.error('Record is no commit', { sequence: record.dynamodb?.SequenceNumber, error });
  return {
    subscriptionId: 'publisher',
    eventType: 'unreadable',
    message: JSON.stringify(record.dynamodb ?? {}),
    error: error.message,
    timestamp: new Date().toISOString(),
    retryCount: 0,
  };
}
