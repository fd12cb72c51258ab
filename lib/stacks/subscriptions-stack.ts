import { Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { SUBSCRIBER_LETTERS } from '../../functions/contracts/webhooks.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { subscriptionRules } from '../constructs/names.ts';
import type { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { QueueConsumer, Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

export interface SubscriptionsStackProps {
  data: DataStack;
  /** Takes the ids of streams that have something to send. */
  kicks: Queue;
}

/** Subscribers outside: their API, what brings events to their streams, and what keeps their rules. */
export class SubscriptionsStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, props: SubscriptionsStackProps) {
    super(scope, id, stage);
    const inbox = this.addMatched(props);
    this.letRulesSend(inbox);
    const keeper = this.addKeeper(props, inbox);
    this.api = new AppFunction(this, 'SubscriptionsApi', {
      stage,
      handler: 'subscriptions/handlers/subscriptions-api.handler.ts',
      description: 'The rows under /api/v1/subscriptions',
      timeout: Duration.seconds(28),
    })
      .bindSubscriptions(props.data.subscriptions, 'keep')
      .bindIdempotency(props.data.idempotency)
      .bindWebhookSecrets(props.data, 'sign')
      .bindPatterns()
      .bindKeeper(keeper)
      .bindOutgoing(stage)
      .watchErrors();
  }

  private addMatched({ data, kicks }: SubscriptionsStackProps): QueueWithDlq {
    const { fn, inbox } = new QueueConsumer(this, 'MatchedEvents', {
      stage: this.stageConfig,
      subscriptionId: SUBSCRIBER_LETTERS,
      net: data.unrecorded,
      handler: 'subscriptions/handlers/matched-events.handler.ts',
      description: 'Gives events that matched to the streams of their subscribers',
      timeout: Duration.seconds(30),
      retryPolicy: { maxAttempts: 10 },
    });
    fn.bindSubscriptions(data.subscriptions, 'read')
      .bindDeliveries(data.webhooks, 'show')
      .bindKicks(kicks)
      .bindPatterns();
    return inbox;
  }

  /** The rules are made at run time; their names tell them from all others. */
  private letRulesSend({ queue, deadLetters }: QueueWithDlq): void {
    const { bus, prefix } = subscriptionRules(this.stageConfig);
    const arn = this.formatArn({ service: 'events', resource: 'rule', resourceName: `${bus}/${prefix}sub_*` });
    for (const target of [queue, deadLetters]) {
      target.grantSendMessages(
        new ServicePrincipal('events.amazonaws.com', {
          conditions: { ArnLike: { 'aws:SourceArn': arn } },
        }),
      );
    }
  }

  private addKeeper({ data, kicks }: SubscriptionsStackProps, matched: QueueWithDlq): Queue {
    const { fn, inbox } = new Subscriber(this, 'KeepSubscriptions', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(1) },
      subscriptionId: 'keep-subscriptions',
      net: data.unrecorded,
      handler: 'subscriptions/handlers/keep-subscriptions.handler.ts',
      description: 'Puts and removes the rules of subscriptions, and brings what they have missed',
      timeout: Duration.minutes(4),
    });
    fn.bindSubscriptions(data.subscriptions, 'keep')
      .bindSubscriptionRules(this.stageConfig, matched)
      .bindPatterns()
      .bindEventLog(data.eventLog, 'read')
      .bindCommitOrder(data.eventLog)
      .bindCommits(data.eventLog)
      .bindDeliveries(data.webhooks, 'release')
      .bindKicks(kicks)
      .bindKeeper(inbox.queue);
    return inbox.queue;
  }
}
