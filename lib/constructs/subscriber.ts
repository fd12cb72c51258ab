import { Duration } from 'aws-cdk-lib';
import type { EventBus, EventPattern } from 'aws-cdk-lib/aws-events';
import { Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import { DOMAIN_SOURCE } from '../../functions/contracts/event-names.ts';
import { AppFunction } from './app-function.ts';
import type { FunctionProps } from './bare-function.ts';
import { QueueWithDlq } from './queue-with-dlq.ts';

export interface QueueConsumerProps extends FunctionProps {
  /** Names it in metrics, letters and the runbook. */
  subscriptionId: string;
  /** Takes the letters that the recorder cannot record. */
  net: Queue;
  retryPolicy?: { maxAttempts: number };
  /** Messages a call. */
  batchSize?: number;
  /** Calls at a time; as many as the account has room for where it is left out. */
  maxConcurrency?: number | undefined;
}

/** A function behind a queue of its own, with a dead letter queue, alarm and grants from one declaration. */
export class QueueConsumer extends Construct {
  readonly fn: AppFunction;
  readonly inbox: QueueWithDlq;

  constructor(scope: Construct, id: string, props: QueueConsumerProps) {
    super(scope, id);
    const maxAttempts = props.retryPolicy?.maxAttempts ?? 3;
    const { stage, timeout, net, subscriptionId: of } = props;
    this.inbox = new QueueWithDlq(this, 'Inbox', { stage, of, net, maxAttempts, timeout, runbook: `subscriber-${of}` });
    this.fn = new AppFunction(this, 'Fn', props)
      .set(ENV.subscriptionId, of)
      .set(ENV.maxAttempts, String(maxAttempts))
      .bindSourceQueue(this.inbox.queue)
      .bindDeadLetterQueue(this.inbox.deadLetters);
    const { batchSize = 10, maxConcurrency } = props;
    const limits = { batchSize, ...(maxConcurrency === undefined ? {} : { maxConcurrency }) };
    this.fn.lambda.addEventSource(new SqsEventSource(this.inbox.queue, { ...limits, reportBatchItemFailures: true }));
  }
}

export interface SubscriberProps extends Omit<QueueConsumerProps, 'timeout'> {
  on: SubscriberSource;
  /** 30 s where it is left out. */
  timeout?: Duration;
}

/** What a subscriber hears. */
export type SubscriberSource =
  | {
      /** Domain events: exact (`domain.TaskCreated`), or a beginning and `*` (`domain.Task*`). */
      bus: EventBus;
      eventTypes: readonly string[];
      /** An EventBridge pattern over the event's `data`. */
      filter?: Record<string, unknown>;
    }
  /** Events of AWS itself, which come on the account's default bus. */
  | { aws: EventPattern }
  | { every: Duration };

/**
 * One subscriber to the bus (seed: EventSubscriber.subscribe), or to a clock. Never rule to Lambda: only a queue retries, batches and
 * dead-letters in a way that can be tested and redriven.
 */
export class Subscriber extends QueueConsumer {
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    super(scope, id, { ...props, timeout: props.timeout ?? Duration.seconds(30) });
    new Rule(this, 'Rule', {
      ...ruleOf(props.on),
      description: `To ${props.subscriptionId}: ${props.description}`,
      targets: [new SqsQueue(this.inbox.queue, { deadLetterQueue: this.inbox.deadLetters })],
    });
  }
}

function ruleOf(on: SubscriberSource) {
  if ('every' in on) return { schedule: Schedule.rate(on.every) };
  if ('aws' in on) return { eventPattern: on.aws };
  return { eventBus: on.bus, eventPattern: pattern(on.eventTypes, on.filter) };
}

function pattern(eventTypes: readonly string[], filter?: Record<string, unknown>): EventPattern {
  return {
    source: [DOMAIN_SOURCE],
    detailType: eventTypes.flatMap((type) => (type.endsWith('*') ? Match.prefix(type.slice(0, -1)) : [type])),
    ...(filter === undefined ? {} : { detail: { data: filter } }),
  };
}
