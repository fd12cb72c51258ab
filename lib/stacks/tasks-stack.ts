import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import type { StageConfig } from '../config/stage.ts';
import { taskSaga } from '../config/task-saga.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { SagaMachine } from '../constructs/saga-machine.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { AgentsStack } from './agents-stack.ts';
import type { DataStack } from './data-stack.ts';
import type { SagasStack } from './sagas-stack.ts';
import { StageStack } from './stage-stack.ts';

export interface TasksStackProps {
  data: DataStack;
  agents: AgentsStack;
  sagas: SagasStack;
  /** Takes the ids of streams that have callbacks to send. */
  kicks: Queue;
}

/** Tasks: their API, the saga that drives them, the service that stores their files, and their read model. */
export class TasksStack extends StageStack {
  readonly api: AppFunction;
  readonly storage: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, props: TasksStackProps) {
    super(scope, id, stage);
    const definition = taskSaga(stage);
    this.api = this.addApi(props.data, definition);
    this.storage = this.addStorageService(props.data);
    this.addFollower(props);
    this.addSaga(props, definition);
  }

  private addApi(data: DataStack, definition: SagaDefinition): AppFunction {
    return new AppFunction(this, 'TasksApi', {
      stage: this.stageConfig,
      handler: 'tasks/handlers/tasks-api.handler.ts',
      description: 'The rows under /api/v1/tasks and /api/v1/commands',
      timeout: Duration.seconds(28),
      memory: 1024,
    })
      .bindEventLog(data.eventLog, 'append')
      .bindReadModels(data, 'list')
      .bindServices(data, 'watch')
      .bindIdempotency(data.idempotency)
      .bindTaskLog(data.taskLog, 'read')
      .bindFiles(data.files, 'tasks/', ['s3:GetObject'])
      .bindTaskSaga(definition)
      .bindDeliveries(data.webhooks, 'show')
      .bindOutgoing(this.stageConfig)
      .watchErrors();
  }

  private addFollower({ data, kicks }: TasksStackProps): void {
    const eventTypes = ['WorkLeased', 'WorkReturned', 'SagaCompleted', 'SagaFailed'].map((type) => `domain.${type}`);
    new Subscriber(this, 'TaskFollower', {
      stage: this.stageConfig,
      // Sagas of users are none of its business.
      on: { bus: data.bus, eventTypes, filter: { aggregateId: [{ prefix: 'work_' }, { prefix: 'tasksaga_' }] } },
      subscriptionId: 'task-follower',
      net: data.unrecorded,
      // A token or a task that is never told waits for hours, so a hitch of minutes is waited out.
      retryPolicy: { maxAttempts: 10 },
      handler: 'tasks/handlers/follow-task.handler.ts',
      description: 'Brings tasks up to date with their work and their saga, and tells their callback addresses',
    }).fn
      .bindEventLog(data.eventLog, 'append')
      .bindDeliveries(data.webhooks, 'show')
      .bindKicks(kicks);
  }

  private addSaga({ data, agents, sagas }: TasksStackProps, definition: SagaDefinition): void {
    const { machine } = new SagaMachine(this, 'TaskSaga', {
      stage: this.stageConfig,
      definition,
      services: { 'agent-service': agents.service, 'storage-service': this.storage },
      close: sagas.close,
      runbook: 'task-saga',
    });
    new Subscriber(this, 'TaskSagaStarter', {
      stage: this.stageConfig,
      on: { bus: data.bus, eventTypes: ['domain.TaskCreated'] },
      subscriptionId: 'task-saga-starter',
      net: data.unrecorded,
      // Step Functions starts only so many executions a second; a burst waits for minutes instead of being dead-lettered.
      retryPolicy: { maxAttempts: 10 },
      handler: 'tasks/handlers/start-task-saga.handler.ts',
      description: 'Starts the saga of a new task',
    }).fn
      .bindEventLog(data.eventLog, 'append')
      .bindTaskSaga(definition)
      .bindTaskMachine(machine);
    new CfnOutput(this, 'TaskMachineArn', { value: machine.stateMachineArn });
  }

  private addStorageService(data: DataStack): AppFunction {
    return new ServiceFunction(this, 'StorageService', {
      stage: this.stageConfig,
      service: 'storage-service',
      eventLog: data.eventLog,
      stepTokens: data.stepTokens,
      services: data.services,
      net: data.unrecorded,
      handler: 'storage/handlers/storage-service.handler.ts',
      description: 'storage-service: keeps the files of tasks',
      timeout: Duration.seconds(844),
      memory: 1024,
    })
      .bindFiles(data.files, 'staging/', ['s3:GetObject', 's3:DeleteObject', 's3:ListBucket'])
      .bindFiles(data.files, 'tasks/', ['s3:PutObject', 's3:DeleteObject', 's3:ListBucket']);
  }
}
