import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { commitFromItem } from './dynamo-event-log.ts';
import type { Commit } from './event-log.ts';
import { newLogger } from './logger.ts';

const logger = newLogger();

/**
 * The pipeline of a function behind the event log's stream. `run` returns the commits that must come again; the lowest of them is
 * reported, and Lambda delivers from there on (ReportBatchItemFailures on streams).
 */
export function streamPipeline(run: (commits: readonly Commit[]) => Promise<{ commit: Commit; error: string }[]>) {
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => {
    const records = event.Records.map((record) => ({ record, commit: commitOf(record) }));
    const again = await run(records.map(({ commit }) => commit));
    for (const { commit, error } of again)
      logger.error('Commit not published', { position: commit.position, cause: error });
    const lowest = records.find(({ commit }) => again.some((one) => one.commit === commit));
    const sequence = lowest?.record.dynamodb?.SequenceNumber;
    return { batchItemFailures: sequence === undefined ? [] : [{ itemIdentifier: sequence }] };
  });
}

function commitOf(record: DynamoDBRecord): Commit {
  return commitFromItem(unmarshall(record.dynamodb?.NewImage as Record<string, AttributeValue>));
}
