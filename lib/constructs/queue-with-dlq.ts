import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

/** SQS keeps a message no longer. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/** A dead letter queue and its alarm: letters raise it. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: { stage: StageConfig; runbook: string }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: props.stage.requireTls,
      retentionPeriod: DEAD_LETTER_RETENTION,
    });
    Validations.of(this.queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'This is a dead letter queue.' });
    new RunbookAlarm(this, 'Letters', {
      says: 'A message could not be handled.',
      runbook: props.runbook,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
    });
  }
}

export interface QueueWithDlqProps {
  stage: StageConfig;
  /** The consumer's own attempts, after which it dead-letters with a reason. */
  maxAttempts: number;
  /** The consumer's timeout. */
  timeout: Duration;
  /** The runbook's section for the alarm. */
  runbook: string;
}

/** A queue whose messages end: handled, or in its dead letter queue. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDlqProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props).queue;
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: props.stage.requireTls,
      // Six times the function's timeout, as the Lambda developer guide has it for SQS event sources.
      visibilityTimeout: Duration.seconds(props.timeout.toSeconds() * 6),
      // The net below the consumer's own last attempt: it takes what kills the function before it can say why.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxAttempts + 3 },
    });
  }
}
