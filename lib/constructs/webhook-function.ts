import { Aws, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { deadLetterQueueName } from '../../functions/contracts/dead-letters.ts';
import { ENV } from '../../functions/contracts/env.ts';
import { SUBSCRIBER_LETTERS } from '../../functions/contracts/webhooks.ts';
import type { StageConfig } from '../config/stage.ts';
import { subscriptionRules } from './names.ts';
import { TableFunction } from './table-function.ts';

/** A function and what it may touch to tell those outside: callbacks, subscribers, and the addresses of users. */
export class WebhookFunction extends TableFunction {
  /** Calls addresses that users have given; which ones besides public https, the stage says. */
  bindOutgoing({ plainHttpHosts }: StageConfig): this {
    return this.set(ENV.plainHttpHosts, plainHttpHosts.join(','));
  }

  /** Has streams of callbacks looked at. */
  bindKicks(queue: Queue): this {
    return this.set(ENV.webhooksQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** Gives up events of subscribers to the queue from which they can be sent again. By its name: it comes with a later stack. */
  bindSubscriberLetters(stage: StageConfig): this {
    const name = deadLetterQueueName(stage.name, SUBSCRIBER_LETTERS);
    const arn = `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`;
    return this.set(ENV.subscriberLetters, name).allow(['sqs:SendMessage'], arn);
  }

  /** Asks EventBridge what a pattern means. */
  bindPatterns(): this {
    return this.allow(['events:TestEventPattern'], '*');
  }

  /** Has the rules of subscriptions looked after. */
  bindKeeper(queue: Queue): this {
    return this.set(ENV.subscriptionKeeper, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** Puts and removes the rules of subscriptions, which send to this inbox. */
  bindSubscriptionRules(stage: StageConfig, { queue, deadLetters }: { queue: Queue; deadLetters: Queue }): this {
    const { prefix, bus } = subscriptionRules(stage);
    const events = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const rules = `rule/${bus}/${prefix}sub_*`;
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:${rules}]`,
      reason: 'The rules of subscriptions to come cannot be named.',
    });
    return (
      this.set(ENV.eventBus, bus)
        .set(ENV.subscriptionRules, prefix)
        .set(ENV.subscriptionInbox, queue.queueArn)
        .set(ENV.subscriptionDeadLetters, deadLetters.queueArn)
        .allow(['events:DeleteRule', 'events:PutRule'], `${events}:${rules}`)
        // By the rule in AWS, where no bus is a resource of these two; a local cloud asks for the bus.
        .allow(['events:PutTargets', 'events:RemoveTargets'], `${events}:${rules}`, `${events}:event-bus/${bus}`)
        .allow(['events:ListRules'], '*')
    );
  }

  bindSchedule({ webhookDelays }: StageConfig): this {
    return this.set(ENV.webhookDelays, webhookDelays.join(','));
  }

  /** Derives the secrets that sign. `rotate`: also takes new ones. */
  bindWebhookSecrets(data: { webhooks: Table; webhookMaster: string }, access: 'sign' | 'rotate'): this {
    const rows = access === 'rotate' ? ['GetItem', 'PutItem'] : ['GetItem'];
    return this.set(ENV.webhooksTable, data.webhooks.tableName)
      .allowRows(data.webhooks, { rows, indexes: [] })
      .bindMaster(data);
  }

  /** Derives secrets of its own kind. */
  bindMaster({ webhookMaster }: { webhookMaster: string }): this {
    return this.set(ENV.webhookMaster, webhookMaster).allow(['secretsmanager:GetSecretValue'], webhookMaster);
  }
}
