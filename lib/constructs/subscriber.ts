import { Duration } from 'aws-cdk-lib';
import type { EventBus, EventPattern } from 'aws-cdk-lib/aws-events';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import { DOMAIN_SOURCE } from '../../functions/contracts/event-names.ts';
import type { AppFunctionProps } from './app-function.ts';
import { AppFunction } from './app-function.ts';
import { QueueWithDlq } from './queue-with-dlq.ts';

export interface SubscriberProps extends Omit<AppFunctionProps, 'timeout'> {
  bus: EventBus;
  /** Names it in metrics, letters and the runbook. */
  subscriptionId: string;
  /** Exact (`domain.TaskCreated`), or a beginning and `*` (`domain.Task*`). */
  eventType: string;
  /** An EventBridge pattern over the event's `data`. */
  filter?: Record<string, unknown>;
  retryPolicy?: { maxAttempts: number };
}

/**
 * One subscriber to the bus (seed: EventSubscriber.subscribe): rule, queue, dead letter queue, alarm, function and grants from one
 * declaration. Never rule to Lambda: only a queue retries, batches and dead-letters in a way that can be tested and redriven.
 */
export class Subscriber extends Construct {
  readonly fn: AppFunction;

  constructor(scope: Construct, id: string, props: SubscriberProps) {
    super(scope, id);
    const maxAttempts = props.retryPolicy?.maxAttempts ?? 3;
    const timeout = Duration.seconds(30);
    const { queue, deadLetters } = new QueueWithDlq(this, 'Inbox', {
      stage: props.stage,
      maxAttempts,
      timeout,
      runbook: `subscriber-${props.subscriptionId}`,
    });
    this.fn = new AppFunction(this, 'Fn', { ...props, timeout })
      .set(ENV.subscriptionId, props.subscriptionId)
      .set(ENV.maxAttempts, String(maxAttempts))
      .bindSourceQueue(queue)
      .bindDeadLetterQueue(deadLetters);
    this.fn.lambda.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      description: `${props.eventType} to ${props.subscriptionId}`,
      eventPattern: pattern(props),
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
  }
}

function pattern({ eventType, filter }: SubscriberProps): EventPattern {
  return {
    source: [DOMAIN_SOURCE],
    detailType: eventType.endsWith('*') ? Match.prefix(eventType.slice(0, -1)) : [eventType],
    ...(filter === undefined ? {} : { detail: { data: filter } }),
  };
}
