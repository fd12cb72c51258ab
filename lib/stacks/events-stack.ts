import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { DeadLetterQueue } from '../constructs/queue-with-dlq.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** From the log to the bus. */
export class EventsStack extends StageStack {
  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    const letters = new DeadLetterQueue(this, 'PublisherDeadLetters', { stage, runbook: 'publisher' }).queue;
    const publisher = new AppFunction(this, 'Publisher', {
      stage,
      handler: 'events/handlers/publish-events.handler.ts',
      description: 'Publishes stored events to the bus',
      timeout: Duration.seconds(60),
    })
      .bindEventBus(data.bus)
      .bindMarks(data.marks)
      .bindDeadLetterQueue(letters)
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
}
