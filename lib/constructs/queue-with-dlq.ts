import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';

/** SQS keeps a message no longer. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/** A dead letter queue and its alarm: a letter is never silent. */
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
    new Alarm(this, 'Letters', {
      alarmDescription: `A message could not be handled. docs/runbook.md#${props.runbook}`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
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
