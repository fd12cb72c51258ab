import { Duration, Stack } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { DeadLetterQueue, QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/**
 * From all dead letter queues into one table, the count of what is open there, and the desk at which letters are dealt with. It comes
 * behind the stacks that have such queues.
 */
export class DeadLettersStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.addCount(data);
    this.addRecorder(data);
    this.api = new AppFunction(this, 'DeadLettersApi', {
      stage,
      handler: 'dead-letters/handlers/dead-letters-api.handler.ts',
      description: 'The rows under /api/v1/dead-letters',
      timeout: Duration.seconds(28),
    })
      .bindDeadLetters(data.deadLetters, 'close')
      .bindEventLog(data.eventLog, 'begin')
      .bindFiles(data.files, 'dead-letters/', ['s3:GetObject'])
      .bindRedrive(this.all(QueueWithDlq), this.all(ServiceFunction))
      .watchErrors();
  }

  private addRecorder(data: DataStack): void {
    const recorder = new AppFunction(this, 'Recorder', {
      stage: this.stageConfig,
      handler: 'dead-letters/handlers/record-dead-letters.handler.ts',
      description: 'Keeps what could not be handled, out of all dead letter queues',
      timeout: Duration.seconds(30),
    })
      .bindDeadLetters(data.deadLetters, 'record')
      .bindFiles(data.files, 'dead-letters/', ['s3:PutObject']);
    for (const letters of this.all(DeadLetterQueue)) {
      const queue = Queue.fromQueueArn(this, `From-${letters.of}`, letters.arn);
      recorder.lambda.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
      this.addStackDependency(Stack.of(letters));
    }
  }

  private addCount(data: DataStack): void {
    const count = new Subscriber(this, 'CountDeadLetters', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(5) },
      subscriptionId: 'count-dead-letters',
      net: data.unrecorded,
      handler: 'dead-letters/handlers/count-dead-letters.handler.ts',
      description: 'Keeps the alarms on while dead letters are open',
    }).fn.bindDeadLetters(data.deadLetters, 'count');
    count.set(
      ENV.deadLetterQueues,
      this.all(DeadLetterQueue)
        .map(({ of }) => of)
        .join(','),
    );
  }

  /** Of the whole app. */
  private all<Kind extends IConstruct>(kind: abstract new (...args: never[]) => Kind): Kind[] {
    return this.node.root.node.findAll().filter((one): one is Kind & IConstruct => one instanceof kind);
  }
}
