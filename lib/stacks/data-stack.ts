import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { AttributeType, ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { FilesBucket } from '../constructs/files-bucket.ts';
import { UnrecordedLetters } from '../constructs/queue-with-dlq.ts';
import { TableStack } from './table-stack.ts';

/** What outlives every deployment: the log, what is derived from it, keys, files and the bus. Nothing here runs code. */
export class DataStack extends TableStack {
  readonly eventLog: Table;
  readonly marks: Table;
  readonly readModels: Table;
  readonly projections: Table;
  readonly keys: Table;
  readonly idempotency: Table;
  readonly stepTokens: Table;
  readonly agents: Table;
  readonly taskLog: Table;
  readonly sagaDefinitions: Table;
  readonly services: Table;
  readonly requests: Table;
  readonly webhooks: Table;
  readonly subscriptions: Table;
  /** The ARN of the secret that all secrets which sign callbacks are derived from. */
  readonly webhookMaster: string;
  readonly files: Bucket;
  readonly deadLetters: Table;
  /** The net below all dead letter queues. */
  readonly unrecorded: Queue;
  readonly bus: EventBus;
  readonly alarmTopic: Topic;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id, stage);
    this.eventLog = this.addEventLog();
    this.marks = this.table('PublicationMarks', {
      partitionKey: { name: 'aggregateId', type: AttributeType.STRING },
      sortKey: { name: 'version', type: AttributeType.NUMBER },
    });
    this.readModels = this.rows('ReadModels');
    this.projections = this.table('Projections', {
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
    });
    this.keys = this.table('ApiKeys', { partitionKey: { name: 'keyId', type: AttributeType.STRING } });
    this.idempotency = this.table('Idempotency', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    this.stepTokens = this.table('StepTokens', {
      partitionKey: { name: 'sagaId', type: AttributeType.STRING },
      sortKey: { name: 'stepId', type: AttributeType.STRING },
    });
    this.sagaDefinitions = this.table('SagaDefinitions', {
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
    });
    this.agents = this.addAgents();
    this.taskLog = this.table('TaskLog', {
      partitionKey: { name: 'taskId', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.STRING },
    });
    this.services = this.addServices();
    this.requests = this.addRequests();
    this.webhooks = this.addWebhooks();
    this.subscriptions = this.table('Subscriptions', {
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
    });
    this.webhookMaster = this.addWebhookMaster();
    this.files = new FilesBucket(this, 'Files', stage).bucket;
    this.deadLetters = this.rows('DeadLetters');
    this.unrecorded = new UnrecordedLetters(this, 'Unrecorded', stage).queue;
    this.bus = this.addBus();
    this.alarmTopic = new AlarmTopic(this, 'Alarms', stage).topic;
    new CfnOutput(this, 'KeysTable', { value: this.keys.tableName });
    new CfnOutput(this, 'EventLogTable', { value: this.eventLog.tableName });
    new CfnOutput(this, 'ReadModelsTable', { value: this.readModels.tableName });
    new CfnOutput(this, 'ProjectionsTable', { value: this.projections.tableName });
    new CfnOutput(this, 'IdempotencyTable', { value: this.idempotency.tableName });
    new CfnOutput(this, 'StepTokensTable', { value: this.stepTokens.tableName });
    new CfnOutput(this, 'AgentsTable', { value: this.agents.tableName });
    new CfnOutput(this, 'ServicesTable', { value: this.services.tableName });
    new CfnOutput(this, 'RequestsTable', { value: this.requests.tableName });
    new CfnOutput(this, 'SubscriptionsTable', { value: this.subscriptions.tableName });
    new CfnOutput(this, 'WebhooksTable', { value: this.webhooks.tableName });
    new CfnOutput(this, 'DeadLettersTable', { value: this.deadLetters.tableName });
    new CfnOutput(this, 'UnrecordedLettersUrl', { value: this.unrecorded.queueUrl });
    new CfnOutput(this, 'FilesBucket', { value: this.files.bucketName });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBusName });
  }

  /** Commits by aggregate and first version; a keys-only index in commit order serves catch-up and sweeping. */
  private addEventLog(): Table {
    const table = this.table('EventLog', {
      partitionKey: { name: 'aggregateId', type: AttributeType.STRING },
      sortKey: { name: 'version', type: AttributeType.NUMBER },
      stream: StreamViewType.NEW_IMAGE,
    });
    table.addGlobalSecondaryIndex({
      indexName: 'byPosition',
      partitionKey: { name: 'shard', type: AttributeType.STRING },
      sortKey: { name: 'position', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    return table;
  }

  /** Agents, their leases and the work that waits. The open leases are found by the moment at which they end. */
  private addAgents(): Table {
    const table = this.table('Agents', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    });
    this.index(table, 'open', 'leaseUntil');
    this.index(table, 'list', 'sort');
    return table;
  }

  /** Services by name: what was registered, how the breaker stands, what is promised. Only registrations are in the index. */
  private addServices(): Table {
    const table = this.table('Services', {
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
    });
    this.index(table, 'list', 'sort');
    return table;
  }

  /** Requests and, beside each, its payload and its result, so that neither is written again with every change of status. */
  private addRequests(): Table {
    const table = this.table('Requests', {
      partitionKey: { name: 'requestId', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
    });
    this.index(table, 'list', 'sort');
    this.index(table, 'byStatus', 'sort');
    this.index(table, 'due', 'dueAt', ProjectionType.KEYS_ONLY);
    return table;
  }

  /** Callbacks by what they tell of. Only streams that have something to send are in the index, by the moment of their next look. */
  private addWebhooks(): Table {
    const table = this.table('Webhooks', {
      partitionKey: { name: 'stream', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
    });
    this.index(table, 'due', 'dueAt', ProjectionType.KEYS_ONLY);
    return table;
  }

  private addWebhookMaster(): string {
    const secret = new Secret(this, 'WebhookMaster', {
      description: 'All secrets that sign callbacks of MAOS are derived from it; a new one ends them all at once.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.stageConfig.dataRemoval,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new master would end every receiver at once; the secrets below it are rotated one by one.',
    });
    // By its attribute: a local cloud takes `Ref` for the name.
    return (secret.node.defaultChild as CfnSecret).attrId;
  }

  private addBus(): EventBus {
    const bus = new EventBus(this, 'Bus', {
      // CDK's own name does not carry the stage, and two stages of one account would meet in it.
      eventBusName: `maos-${this.stageConfig.name}`,
      description: 'Domain events of MAOS',
    });
    // A bus holds nothing; kept under its fixed name, it would stand in the way of the next deployment.
    bus.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const days = this.stageConfig.archiveDays;
    if (days !== undefined) {
      new Archive(this, 'Archive', {
        sourceEventBus: bus,
        eventPattern: { account: [this.account] },
        retention: Duration.days(days),
      });
    }
    return bus;
  }
}
