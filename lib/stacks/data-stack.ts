import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { TableProps } from 'aws-cdk-lib/aws-dynamodb';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { INDEX_SLOTS } from '../../functions/contracts/read-model.ts';
import type { StageConfig } from '../config/stage.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { FilesBucket } from '../constructs/files-bucket.ts';
import { UnrecordedLetters } from '../constructs/queue-with-dlq.ts';
import { StageStack } from './stage-stack.ts';

/** What outlives every deployment: the log, what is derived from it, keys, files and the bus. Nothing here runs code. */
export class DataStack extends StageStack {
  readonly eventLog: Table;
  readonly marks: Table;
  readonly readModels: Table;
  readonly keys: Table;
  readonly idempotency: Table;
  readonly stepTokens: Table;
  readonly agents: Table;
  readonly taskLog: Table;
  readonly services: Table;
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
    this.keys = this.table('ApiKeys', { partitionKey: { name: 'keyId', type: AttributeType.STRING } });
    this.idempotency = this.table('Idempotency', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    this.stepTokens = this.table('StepTokens', {
      partitionKey: { name: 'sagaId', type: AttributeType.STRING },
      sortKey: { name: 'stepId', type: AttributeType.STRING },
    });
    this.agents = this.addAgents();
    this.taskLog = this.table('TaskLog', {
      partitionKey: { name: 'taskId', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.STRING },
    });
    this.services = this.addServices();
    this.files = new FilesBucket(this, 'Files', stage).bucket;
    this.deadLetters = this.rows('DeadLetters');
    this.unrecorded = new UnrecordedLetters(this, 'Unrecorded', stage).queue;
    this.bus = this.addBus();
    this.alarmTopic = new AlarmTopic(this, 'Alarms', stage).topic;
    new CfnOutput(this, 'KeysTable', { value: this.keys.tableName });
    new CfnOutput(this, 'EventLogTable', { value: this.eventLog.tableName });
    new CfnOutput(this, 'ReadModelsTable', { value: this.readModels.tableName });
    new CfnOutput(this, 'StepTokensTable', { value: this.stepTokens.tableName });
    new CfnOutput(this, 'AgentsTable', { value: this.agents.tableName });
    new CfnOutput(this, 'ServicesTable', { value: this.services.tableName });
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
    for (const [indexName, sortKey] of [
      ['open', 'leaseUntil'],
      ['list', 'sort'],
    ] as const) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: indexName, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });
    }
    return table;
  }

  /** Services by name: what was registered, how the breaker stands, what is promised. Only registrations are in the index. */
  private addServices(): Table {
    const table = this.table('Services', {
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
    });
    table.addGlobalSecondaryIndex({
      indexName: 'list',
      partitionKey: { name: 'list', type: AttributeType.STRING },
      sortKey: { name: 'sort', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    return table;
  }

  /** Rows that lists find by up to four of their fields. */
  private rows(id: string): Table {
    const table = this.table(id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
    for (const name of ['list', ...INDEX_SLOTS]) {
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name, type: AttributeType.STRING },
        sortKey: { name: 'sort', type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    return table;
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

  private table(id: string, props: Pick<TableProps, 'partitionKey' | 'sortKey' | 'stream'>): Table {
    return new Table(this, id, {
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: this.stageConfig.dataRemoval,
      deletionProtection: this.keepsData,
    });
  }
}
