import { Aws, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ENV } from '../../functions/contracts/env.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import { SHAPE_PREFIX } from '../../functions/contracts/sagas/saga-shape.ts';
import type { StageConfig } from '../config/stage.ts';
import type { BareFunction } from './bare-function.ts';
import { apiAddressName, sagaMachineArn, sagaMachineName } from './names.ts';
import { WebhookFunction } from './webhook-function.ts';

type FileAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:ListBucket';

/**
 * A function of ours and what it may touch. Each `bind` method sets the variable and grants the least that it needs, in one call, so
 * that neither comes without the other.
 */
export class AppFunction extends WebhookFunction {
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

  /** `keep`: a service's function stores its own; `answer`: somebody else reads them to end a step. */
  bindStepTokens(table: Table, access: 'keep' | 'answer'): this {
    const actions = access === 'keep' ? ['dynamodb:PutItem', 'dynamodb:UpdateItem'] : ['dynamodb:GetItem'];
    return this.set(ENV.stepTokensTable, table.tableName)
      .allow(actions, table.tableArn)
      .allow(['states:SendTaskFailure', 'states:SendTaskSuccess'], '*');
  }

  /** May be asked for by name whether it could work. */
  bindHealthOf(name: typeof ENV.agentServiceArn | typeof ENV.storageServiceArn, service: BareFunction): this {
    return this.set(name, service.lambda.functionArn).allow(['lambda:InvokeFunction'], service.lambda.functionArn);
  }

  bindContractTests(queue: Queue): this {
    return this.set(ENV.contractTestsQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** Knows where the API is found from outside. */
  bindApiAddress(stage: StageConfig): this {
    const name = apiAddressName(stage);
    const arn = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;
    return this.set(ENV.apiAddress, name).allow(['ssm:GetParameter'], arn);
  }

  bindRequestTries(queue: Queue): this {
    return this.set(ENV.requestsQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  bindRequestRunner({ lambda }: BareFunction): this {
    return this.set(ENV.requestRunner, lambda.functionArn).allow(['lambda:InvokeFunction'], lambda.functionArn);
  }

  /** The built-in agent's queue: it is woken where work waits for it. */
  bindScaffoldQueue(queue: Queue): this {
    return this.set(ENV.scaffoldQueue, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  bindEventBus(bus: EventBus): this {
    return this.set(ENV.eventBus, bus.eventBusName).allow(['events:PutEvents'], bus.eventBusArn);
  }

  /** Sends letters again, to where their messages came from: consumers by the names of their inboxes, services by calls. */
  bindRedrive(
    inboxes: readonly { of: string; arn: string }[],
    services: readonly (BareFunction & { service: string })[],
  ): this {
    const functions = services.map(({ service, lambda }) => `${service}=${lambda.functionArn}`);
    return this.set(ENV.inboxes, inboxes.map(({ of }) => of).join(','))
      .set(ENV.serviceFunctions, functions.join(','))
      .allow(['sqs:GetQueueUrl', 'sqs:SendMessage'], ...inboxes.map(({ arn }) => arn))
      .allow(['lambda:InvokeFunction'], ...services.map(({ lambda }) => lambda.functionArn));
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

  /** Makes machines for the sagas of users, all under the one role that is passed to them. */
  bindMachineMaking(stage: StageConfig, { role, logs }: { role: Role; logs: LogGroup }): this {
    return this.set(ENV.sagaMachines, sagaMachineArn(stage, ''))
      .set(ENV.machineRole, role.roleArn)
      .set(ENV.machineLogs, logs.logGroupArn)
      .allow(['states:CreateStateMachine', 'states:UpdateStateMachine'], this.userMachines(stage))
      .allow(['iam:PassRole'], role.roleArn);
  }

  /** Looks how executions of any saga stand, and removes machines that nobody uses. */
  bindMachineClearing(stage: StageConfig): this {
    const executions = sagaMachineArn(stage, '*').replace(':stateMachine:', ':execution:');
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${sagaMachineName(stage, '*')}:*]`,
      reason: 'Executions are named by sagas to come.',
    });
    return this.allow(['states:DescribeExecution'], `${executions}:*`).allow(
      ['states:ListExecutions', 'states:DeleteStateMachine'],
      this.userMachines(stage),
    );
  }

  /** Of all shapes to come; what is built in is not among them. */
  private userMachines(stage: StageConfig): string {
    const machines = sagaMachineName(stage, `${SHAPE_PREFIX}*`);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:${machines}]`,
      reason: 'Machines of sagas are made at run time; their names begin with the stage and "shape".',
    });
    return sagaMachineArn(stage, `${SHAPE_PREFIX}*`);
  }

  /** Sends events to projections again. */
  bindProjectionQueues(queues: readonly { name: string; queue: Queue }[]): this {
    const pairs = queues.map(({ name, queue }) => `${name}=${queue.queueUrl}`);
    return this.set(ENV.projectionQueues, pairs.join(',')).allow(
      ['sqs:SendMessage'],
      ...queues.map(({ queue }) => queue.queueArn),
    );
  }

  /** Has projections looked after. */
  bindProjectionKeeper(queue: Queue): this {
    return this.set(ENV.projectionKeeper, queue.queueUrl).allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** Starts rebuilds, and looks how they stand. */
  bindRebuildMachine({ arn, executions }: { arn: string; executions: string }): this {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}:*]`,
      reason: 'Executions are named by rebuilds to come.',
    });
    return this.set(ENV.rebuildMachine, arn)
      .allow(['states:StartExecution'], arn)
      .allow(['states:DescribeExecution'], executions);
  }

  bindTaskMachine(machine: StateMachine): this {
    return this.set(ENV.taskMachine, machine.stateMachineArn).allow(['states:StartExecution'], machine.stateMachineArn);
  }
}
