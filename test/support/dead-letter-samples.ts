import type { SQSRecord } from 'aws-lambda';
import type { FailedEvent } from '../../functions/contracts/failed-event.ts';

/** What no log line may hold. */
export const SECRET = 'a secret text';

export const ENVELOPE = JSON.stringify({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'domain.TaskCreated',
  source: 'domain',
  account: '123456789012',
  time: '2026-08-19T10:11:12Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    eventId: 'task_01J00000000000000000000000-1',
    eventType: 'domain.TaskCreated',
    source: 'domain',
    data: { aggregateId: 'task_01J00000000000000000000000', eventData: { description: SECRET }, version: 1 },
    metadata: { correlationId: 'corr_1', timestamp: '2026-08-19T10:11:12.000Z' },
  },
});

export const FAILED_EVENT: FailedEvent = {
  subscriptionId: 'task-follower',
  eventType: 'domain.TaskCreated',
  message: ENVELOPE,
  error: 'The table is gone.',
  fingerprint: '0123456789abcdef',
  timestamp: '2026-08-19T10:12:00.000Z',
  retryCount: 2,
};

/** As EventBridge says why it could not deliver (EventBridge user guide, "Using dead-letter queues"). */
export const UNDELIVERED = {
  RULE_ARN: 'arn:aws:events:eu-west-1:123456789012:rule/maos-dev/follower',
  TARGET_ARN: 'arn:aws:sqs:eu-west-1:123456789012:inbox',
  ERROR_CODE: 'NO_PERMISSIONS',
  ERROR_MESSAGE: 'Lack of permissions to invoke cross account target.',
};

/** As Lambda tells of what it gave up (Lambda developer guide, "Retain discarded records for a DynamoDB event source"). */
export const DISCARDED = {
  requestContext: {
    requestId: '316aa6d0-8154-4e2b-9af7-85d5f4a6bc81',
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:publisher',
    condition: 'RecordAgeExceeded',
    approximateInvokeCount: 7,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2026-08-20T10:12:00.000Z',
  DDBStreamBatchInfo: {
    shardId: 'shardId-00000001573689847184-864758bb',
    startSequenceNumber: '800000000003126276362',
    endSequenceNumber: '800000000003126276362',
    approximateArrivalOfFirstRecord: '2026-08-19T10:11:12Z',
    approximateArrivalOfLastRecord: '2026-08-19T10:11:12Z',
    batchSize: 1,
    streamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/EventLog/stream/2026-08-19T00:04:06.388',
  },
};

export interface LetterSample {
  queue?: string;
  messageId?: string;
  body?: string;
  receives?: number;
  /** The queue that SQS moved it from. */
  movedFrom?: string;
  messageAttributes?: Record<string, string>;
}

/** A message in a dead letter queue of the stage `test`, as Lambda gets it. */
export function letterRecord(sample: LetterSample = {}): SQSRecord {
  const { queue = 'task-follower', messageId = 'm1', body = ENVELOPE, receives = 1, movedFrom } = sample;
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(Date.parse('2026-08-19T10:11:13.000Z')),
      SenderId: 'AIDA',
      ApproximateFirstReceiveTimestamp: '1',
      ...(movedFrom !== undefined && { DeadLetterQueueSourceArn: movedFrom }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(sample.messageAttributes ?? {}).map(([name, stringValue]) => {
        return [name, { stringValue, dataType: 'String' }];
      }),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:maos-test-${queue}-dead-letters`,
    awsRegion: 'eu-west-1',
  };
}
