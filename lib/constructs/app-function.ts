import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvName } from '../../functions/contracts/env.ts';
import { ENV } from '../../functions/contracts/env.ts';
import { INDEX_SLOTS } from '../../functions/contracts/read-model.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import type { StageConfig } from '../config/stage.ts';
import { sagaMachineArn, sagaMachineName } from './saga-machine-name.ts';

type FileAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:ListBucket';
type AgentAction = `dynamodb:${'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query'}`;

const ROOT = join(import.meta.dirname, '..', '..');

export interface AppFunctionProps {
  stage: StageConfig;
  /** The handler's file, from `functions/`. A test holds that every handler has its function, and every function its handler. */
  handler: string;
  description: string;
  timeout: Duration;
  /** MB. */
  memory?: number;
}

/**
 * A Lambda function of ours: bundled with its SDK, in its own role that can write its own logs and nothing else. Each `bind` method
 * sets the variable and grants the least that it needs, in one call, so that neither comes without the other.
 */
export class AppFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: AppFunctionProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.stage.logRetention,
      removalPolicy: props.stage.dataRemoval,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new NodejsFunction(this, 'Function', {
      entry: join(ROOT, 'functions', props.handler),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory ?? 512,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      environment: { [ENV.stage]: props.stage.name },
      bundling: BUNDLING,
    });
    this.lambda.node.defaultChild?.node.addMetadata('maos:handler', props.handler);
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray, dynamodb:ListStreams and states:SendTask* know no resources (AWS service authorization reference).',
    });
  }

  set(name: EnvName, value: string): this {
    this.lambda.addEnvironment(name, value);
    return this;
  }

  /** `append` reads too: only what was loaded can be appended to. */
  bindEventLog(table: Table, access: 'read' | 'append'): this {
    const actions = access === 'append' ? ['dynamodb:Query', 'dynamodb:PutItem'] : ['dynamodb:Query'];
    return this.set(ENV.eventLogTable, table.tableName).allow(actions, table.tableArn);
  }

  bindMarks(table: Table): this {
    return this.set(ENV.marksTable, table.tableName).allow(['dynamodb:PutItem'], table.tableArn);
  }

  /** `list` reads indexes and rows; `project` moves single rows on. */
  bindReadModels(table: Table, access: 'list' | 'project'): this {
    this.set(ENV.readModelsTable, table.tableName);
    if (access === 'project') return this.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table.tableArn);
    const indexes = ['list', ...INDEX_SLOTS].map((name) => `${table.tableArn}/index/${name}`);
    return this.allow(['dynamodb:BatchGetItem'], table.tableArn).allow(['dynamodb:Query'], ...indexes);
  }

  bindKeys(table: Table): this {
    return this.set(ENV.keysTable, table.tableName).allow(['dynamodb:GetItem'], table.tableArn);
  }

  /** Objects below a prefix of the bucket; `ListBucket` is granted for just that prefix. */
  bindFiles(bucket: Bucket, prefix: 'tasks/' | 'staging/', actions: readonly FileAction[]): this {
    const reason = 'S3 grants objects by prefix; the ids of tasks to come cannot be named.';
    Validations.of(this.role).acknowledge({ id: `AwsSolutions-IAM5[Resource::<FilesBucket.Arn>/${prefix}*]`, reason });
    this.set(ENV.filesBucket, bucket.bucketName);
    const onObjects = actions.filter((action) => action !== 's3:ListBucket');
    if (onObjects.length > 0) this.allow(onObjects, bucket.arnForObjects(`${prefix}*`));
    if (actions.includes('s3:ListBucket')) {
      const conditions = { StringLike: { 's3:prefix': `${prefix}*` } };
      this.role.addToPrincipalPolicy(
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions }),
      );
    }
    return this;
  }

  /** Answers that a call with an `Idempotency-Key` got, for a day. */
  bindIdempotency(table: Table): this {
    const actions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);
    return this.set(ENV.idempotencyTable, table.tableName).allow(actions, table.tableArn);
  }

  /** `keep`: a service's function stores its own; `answer`: somebody else reads them to end a step. */
  bindStepTokens(table: Table, access: 'keep' | 'answer'): this {
    const actions = access === 'keep' ? ['dynamodb:PutItem', 'dynamodb:UpdateItem'] : ['dynamodb:GetItem'];
    return this.set(ENV.stepTokensTable, table.tableName)
      .allow(actions, table.tableArn)
      .allow(['states:SendTaskFailure', 'states:SendTaskSuccess'], '*');
  }

  bindTaskLog(table: Table, access: 'append' | 'read'): this {
    const action = access === 'append' ? 'dynamodb:BatchWriteItem' : 'dynamodb:Query';
    return this.set(ENV.taskLogTable, table.tableName).allow([action], table.tableArn);
  }

  bindAgents(table: Table, actions: readonly AgentAction[], indexes: readonly ('open' | 'list')[]): this {
    this.set(ENV.agentsTable, table.tableName);
    if (indexes.length > 0) this.allow(['dynamodb:Query'], ...indexes.map((name) => `${table.tableArn}/index/${name}`));
    return this.allow([...actions], table.tableArn);
  }

  /** The built-in agent's queue: it is woken where work waits for it. */
  bindScaffoldQueue(queue: Queue): this {
    return this.set(ENV.scaffoldQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  bindEventBus(bus: EventBus): this {
    return this.set(ENV.eventBus, bus.eventBusName).allow(['events:PutEvents'], bus.eventBusArn);
  }

  bindDeadLetterQueue(queue: Queue): this {
    return this.set(ENV.deadLetterQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** A queue that it consumes: its event source reads and deletes, it sets when a failed message comes again. */
  bindSourceQueue(queue: Queue): this {
    return this.set(ENV.sourceQueue, queue.queueUrl).allow(['sqs:ChangeMessageVisibility'], queue.queueArn);
  }

  bindTaskSaga(definition: SagaDefinition): this {
    return this.set(ENV.taskSaga, JSON.stringify(definition));
  }

  /** Starts any saga's machine of the stage: those that users define have no ARN yet. */
  bindSagaMachines(stage: StageConfig): this {
    const machines = sagaMachineName(stage, '*');
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:${machines}]`,
      reason: 'Machines of sagas are made at run time too; their names begin with the stage.',
    });
    return this.allow(['states:StartExecution'], sagaMachineArn(stage, '*'));
  }

  bindTaskMachine(machine: StateMachine): this {
    return this.set(ENV.taskMachine, machine.stateMachineArn).allow(['states:StartExecution'], machine.stateMachineArn);
  }

  private allow(actions: string[], ...resources: string[]): this {
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    return this;
  }
}

/** Why each setting is there: docs/decisions/0006-function-bundles.md. */
export const BUNDLING = {
  format: OutputFormat.ESM as const,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  bundleAwsSDK: true,
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
