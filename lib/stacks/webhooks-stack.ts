import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { QueueConsumer, Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** Callbacks on their way: what sends them, what makes up for lost starts, and the secrets that sign them. */
export class WebhooksStack extends StageStack {
  readonly api: AppFunction;
  /** Takes the ids of streams that have something to send. */
  readonly queue: Queue;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.queue = this.addSender(data);
    this.addSweep(data);
    this.api = new AppFunction(this, 'WebhooksApi', {
      stage,
      handler: 'webhooks/handlers/webhooks-api.handler.ts',
      description: 'The rows under /api/v1/webhook-secret',
      timeout: Duration.seconds(28),
    })
      .bindWebhookSecrets(data, 'rotate')
      .bindOutgoing(stage)
      .watchErrors();
  }

  private addSender(data: DataStack): Queue {
    const { fn, inbox } = new QueueConsumer(this, 'SendWebhooks', {
      stage: this.stageConfig,
      subscriptionId: 'webhooks',
      net: data.unrecorded,
      handler: 'webhooks/handlers/send-webhooks.handler.ts',
      description: 'Sends callbacks, signed and in order',
      // Some messages of 15 s, one after the other; what is left goes on in the next call.
      timeout: Duration.seconds(120),
      retryPolicy: { maxAttempts: 10 },
      maxConcurrency: this.stageConfig.outgoingConcurrency,
    });
    fn.bindDeliveries(data.webhooks, 'send')
      .bindKicks(inbox.queue)
      .bindSubscriptions(data.subscriptions, 'note')
      .bindSubscriberLetters(this.stageConfig)
      .bindWebhookSecrets(data, 'sign')
      .bindEventLog(data.eventLog, 'append')
      .bindOutgoing(this.stageConfig)
      .bindSchedule(this.stageConfig);
    return inbox.queue;
  }

  private addSweep(data: DataStack): void {
    new Subscriber(this, 'SweepWebhooks', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(1) },
      subscriptionId: 'sweep-webhooks',
      net: data.unrecorded,
      handler: 'webhooks/handlers/sweep-webhooks.handler.ts',
      description: 'Starts callbacks that are due',
    }).fn
      .bindDeliveries(data.webhooks, 'sweep')
      .bindKicks(this.queue);
  }
}
