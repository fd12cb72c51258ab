import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetterQueueName, inboxName } from '../../functions/contracts/dead-letters.ts';
import { OPEN_DEAD_LETTERS } from '../../functions/contracts/metrics.ts';
import type { StageConfig } from '../config/stage.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { stageMetric } from './stage-metric.ts';

/** SQS keeps a message no longer. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/** A message stays in sight of the alarm for a week, and its letter for another. */
const INBOX_RETENTION = Duration.days(7);

/** Receives of a letter before it goes to the net. SQS counts on from the inbox, so that the recorder has ten of them and more. */
const RECORDER_ATTEMPTS = 25;

export interface DeadLetterQueueProps {
  stage: StageConfig;
  /** Names the queue in letters and alarms: a subscription's or a service's id. */
  of: string;
  /** Takes what the recorder cannot record. */
  net: Queue;
  /** The runbook's section for the alarm. */
  runbook: string;
}

/**
 * A dead letter queue, which the recorder empties into the table of dead letters. Its alarm rings as long as one of its letters is open
 * there.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly of: string;
  /** Made of names alone: a stack that reads it must not hold this one's exports, or the queue could never go. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { stage, of, net, runbook }: DeadLetterQueueProps) {
    super(scope, id);
    this.of = of;
    const queueName = deadLetterQueueName(stage.name, of);
    this.arn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    this.queue = new Queue(this, 'Queue', {
      // The recorder reads the id from it.
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: stage.requireTls,
      retentionPeriod: DEAD_LETTER_RETENTION,
      visibilityTimeout: Duration.minutes(3),
      deadLetterQueue: { queue: net, maxReceiveCount: RECORDER_ATTEMPTS },
    });
    new RunbookAlarm(this, 'Letters', {
      says: `A message to ${of} could not be handled.`,
      runbook,
      // Recorded letters are counted when they come, and the open ones every five minutes.
      metric: stageMetric(stage, OPEN_DEAD_LETTERS, {
        dimensions: { queue: of },
        statistic: 'Maximum',
        period: Duration.minutes(10),
      }),
      threshold: 1,
    });
  }
}

/** What nobody could record: the last stop, which only people empty. */
export class UnrecordedLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: stage.requireTls,
      retentionPeriod: DEAD_LETTER_RETENTION,
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'The net below all dead letter queues.',
    });
    new RunbookAlarm(this, 'Letters', {
      says: 'A dead letter could not be recorded.',
      runbook: 'unrecorded-letters',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
    });
  }
}

export interface QueueWithDlqProps extends DeadLetterQueueProps {
  /** The consumer's own attempts, after which it dead-letters with a reason. */
  maxAttempts: number;
  /** The consumer's timeout. */
  timeout: Duration;
}

/** Messages wait this long where their consumer is stopped, throttled or far behind. */
const WAITS_TOO_LONG = Duration.minutes(15);

/** A queue whose messages end: handled, or in its dead letter queue. One that waits too long raises an alarm too. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly of: string;
  /** Made of names alone, as that of its dead letters. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: QueueWithDlqProps) {
    super(scope, id);
    this.of = props.of;
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props).queue;
    const queueName = inboxName(props.stage.name, props.of);
    this.arn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    this.queue = new Queue(this, 'Queue', {
      // Letters are sent back to it by its name.
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: props.stage.requireTls,
      retentionPeriod: INBOX_RETENTION,
      // Six times the function's timeout, as the Lambda developer guide has it for SQS event sources.
      visibilityTimeout: Duration.seconds(props.timeout.toSeconds() * 6),
      // The net below the consumer's own last attempt: it takes what kills the function before it can say why.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxAttempts + 3 },
    });
    new RunbookAlarm(this, 'Waiting', {
      says: `Messages to ${props.of} wait for their consumer.`,
      runbook: 'waiting-messages',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: WAITS_TOO_LONG.toSeconds(),
    });
  }
}
