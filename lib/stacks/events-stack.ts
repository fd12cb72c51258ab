import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import { SWEPT_COMMITS } from '../../functions/contracts/metrics.ts';
import { PUBLISHER, SWEEP_EVENTS } from '../../functions/contracts/publish-again.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { DeadLetterQueue } from '../constructs/queue-with-dlq.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { stageMetric } from '../constructs/stage-metric.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** From the log to the bus, and the log as users read and write it. */
export class EventsStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.addPublisher(data);
    this.addSweep(data);
    this.api = new AppFunction(this, 'EventsApi', {
      stage,
      handler: 'events/handlers/events-api.handler.ts',
      description: 'The rows under /api/v1/events',
      timeout: Duration.seconds(28),
    })
      .bindEventLog(data.eventLog, 'append')
      .bindCommitOrder(data.eventLog)
      .bindCommits(data.eventLog)
      .bindMarks(data.marks, 'show')
      .bindIdempotency(data.idempotency)
      .watchErrors();
  }

  private addPublisher(data: DataStack): void {
    const letters = new DeadLetterQueue(this, 'PublisherDeadLetters', {
      stage: this.stageConfig,
      of: PUBLISHER,
      net: data.unrecorded,
      runbook: 'publisher',
    }).queue;
    const publisher = new AppFunction(this, 'Publisher', {
      stage: this.stageConfig,
      handler: 'events/handlers/publish-events.handler.ts',
      description: 'Publishes stored events to the bus',
      timeout: Duration.seconds(60),
    })
      .bindEventBus(data.bus)
      .bindMarks(data.marks, 'mark')
      .bindDeadLetterQueue(letters)
      .set(ENV.subscriptionId, PUBLISHER)
      .set(ENV.maxAttempts, '3');
    publisher.lambda.addEventSource(
      new DynamoEventSource(data.eventLog as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        // A commit is written once; only its insertion is news.
        filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // No limit of tries: what can never be published is taken out in code, so a retry means that the bus is away.
        onFailure: new SqsDlq(letters),
      }),
    );
    new RunbookAlarm(this, 'PublisherLag', {
      says: 'Stored events wait for the bus.',
      runbook: 'publisher-lag',
      metric: publisher.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: Duration.minutes(1).toMilliseconds(),
      periods: 5,
    });
  }

  /** What the stream has lost, or forgotten after its day, is found by the log's own index. */
  private addSweep(data: DataStack): void {
    new Subscriber(this, 'SweepEvents', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(5) },
      subscriptionId: SWEEP_EVENTS,
      net: data.unrecorded,
      handler: 'events/handlers/sweep-events.handler.ts',
      description: 'Publishes stored events that were not published',
      // Calls that have piled up would do the same work side by side.
      batchSize: 1,
      timeout: Duration.minutes(4),
    }).fn
      .bindEventLog(data.eventLog, 'read')
      .bindCommitOrder(data.eventLog)
      .bindMarks(data.marks, 'compare')
      .bindEventBus(data.bus);
    new RunbookAlarm(this, 'SweptEvents', {
      says: 'Stored events were not published by the stream, and the sweep had to.',
      runbook: 'swept-events',
      metric: stageMetric(this.stageConfig, SWEPT_COMMITS, { statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}
