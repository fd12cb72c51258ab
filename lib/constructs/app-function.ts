import { Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ENV } from '../../functions/contracts/env.ts';
import { INDEX_SLOTS } from '../../functions/contracts/read-model.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import type { StageConfig } from '../config/stage.ts';
import { BareFunction } from './bare-function.ts';
import { sagaMachineArn, sagaMachineName } from './names.ts';

type FileAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:ListBucket';
type AgentAction = `dynamodb:${'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query'}`;

const SERVICE_ACTIONS = {
  watch: ['Query'],
  test: ['Query', 'GetItem', 'PutItem'],
  call: ['Query', 'GetItem', 'PutItem', 'UpdateItem'],
  register: ['Query', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
};

/**
 * A function of ours and what it may touch. Each `bind` method sets the variable and grants the least that it needs, in one call, so
 * that neither comes without the other.
 */
export class AppFunction extends BareFunction {
  /** `append` reads too: only what was loaded can be appended to. */
  bindEventLog(table: Table, access: 'read' | 'append'): this {
    const actions = access === 'append' ? ['dynamodb:Query', 'dynamodb:PutItem'] : ['dynamodb:Query'];
    return this.set(ENV.eventLogTable, table.tableName).allow(actions, table.tableArn);
  }

  /** Reads the log's commits in the order in which they came, whatever their aggregates. */
  bindCommitOrder(eventLog: Table): this {
    return this.allow(['dynamodb:Query'], `${eventLog.tableArn}/index/byPosition`);
  }

  /** `mark`: tells what became of commits; `compare`: also finds those of which nothing is told, and keeps where it was. */
  bindMarks(table: Table, access: 'mark' | 'compare'): this {
    const reads = access === 'compare' ? ['dynamodb:BatchGetItem', 'dynamodb:GetItem'] : [];
    return this.set(ENV.marksTable, table.tableName).allow(['dynamodb:PutItem', ...reads], table.tableArn);
  }

  /** `record`: keeps letters, large ones in the bucket; `count`: looks how many are open. */
  bindDeadLetters(table: Table, access: 'record' | 'count'): this {
    this.set(ENV.deadLettersTable, table.tableName);
    if (access === 'record') return this.allow(['dynamodb:PutItem'], table.tableArn);
    return this.allow(['dynamodb:Query'], `${table.tableArn}/index/index4`);
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
  bindFiles(bucket: Bucket, prefix: 'tasks/' | 'staging/' | 'dead-letters/', actions: readonly FileAction[]): this {
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

  /**
   * Services and their breakers. `watch`: sees how they stand; `test`: also keeps the results of contract tests; `call`: tells what came
   * of its calls, and turns breakers; `register`: all of that, and keeps services and what they promise.
   */
  bindServices(
    { services, eventLog }: { services: Table; eventLog: Table },
    access: 'watch' | 'test' | 'call' | 'register',
  ): this {
    this.set(ENV.servicesTable, services.tableName).set(ENV.eventLogTable, eventLog.tableName);
    const actions = SERVICE_ACTIONS[access].map((name) => `dynamodb:${name}`);
    this.allow(actions, services.tableArn);
    if (access === 'watch' || access === 'test') return this;
    this.allow(['dynamodb:PutItem'], eventLog.tableArn);
    return access === 'call' ? this : this.allow(['dynamodb:Query'], `${services.tableArn}/index/list`);
  }

  /** May be asked for by name whether it could work. */
  bindHealthOf(name: typeof ENV.agentServiceArn | typeof ENV.storageServiceArn, service: BareFunction): this {
    return this.set(name, service.lambda.functionArn).allow(['lambda:InvokeFunction'], service.lambda.functionArn);
  }

  bindContractTests(queue: Queue): this {
    return this.set(ENV.contractTestsQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** Calls addresses that users have given; which ones besides public https, the stage says. */
  bindOutgoing({ plainHttpHosts }: StageConfig): this {
    return this.set(ENV.plainHttpHosts, plainHttpHosts.join(','));
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
}
