import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';

/** Where alarms ring. Who is to hear them subscribes to it (docs/deploy.md). */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: stage.requireTls });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const reason = 'It carries texts of alarms, no data; a key of its own would cost a fixed sum each month.';
    Validations.of(this.topic).acknowledge({ id: 'AwsSolutions-SNS2', reason });
    if (stage.requireTls) return;
    const loopback = 'This stage runs on the loopback of one machine, over plain HTTP.';
    Validations.of(this.topic).acknowledge({ id: 'AwsSolutions-SNS3', reason: loopback });
  }
}
