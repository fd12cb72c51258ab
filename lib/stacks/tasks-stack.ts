import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { MachineFromAsl } from '../constructs/machine-from-asl.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** Tasks: their API, the machine that drives them, the built-in agent and their read model. */
export class TasksStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.api = new AppFunction(this, 'TasksApi', {
      stage,
      handler: 'tasks/handlers/tasks-api.handler.ts',
      description: 'The rows under /api/v1/tasks',
      timeout: Duration.seconds(28),
      memory: 1024,
    })
      .bindEventLog(data.eventLog, 'append')
      .bindReadModels(data.readModels, 'list')
      .bindFiles(data.files, 'read');
    this.addProjection(data);
    this.addMachine(data);
  }

  private addProjection(data: DataStack): void {
    new Subscriber(this, 'TasksProjection', {
      stage: this.stageConfig,
      bus: data.bus,
      subscriptionId: 'tasks-projection',
      eventType: 'domain.Task*',
      handler: 'projections/handlers/tasks-projection.handler.ts',
      description: 'Keeps the read model that GET /tasks lists',
    }).fn
      .bindEventLog(data.eventLog, 'read')
      .bindReadModels(data.readModels, 'project');
  }

  private addMachine(data: DataStack): void {
    const { machine } = new MachineFromAsl(this, 'TaskMachine', {
      stage: this.stageConfig,
      file: 'task.asl.json',
      runbook: 'task-machine',
      functions: { TaskStep: this.taskStep(data), ScaffoldAgent: this.scaffoldAgent(data) },
    });
    new Subscriber(this, 'TaskStarter', {
      stage: this.stageConfig,
      bus: data.bus,
      subscriptionId: 'task-starter',
      eventType: 'domain.TaskCreated',
      // Step Functions starts only so many executions a second; a burst waits for minutes instead of being dead-lettered.
      retryPolicy: { maxAttempts: 10 },
      handler: 'tasks/handlers/start-task.handler.ts',
      description: 'Starts the machine of a new task',
    }).fn.bindTaskMachine(machine);
    new CfnOutput(this, 'TaskMachineArn', { value: machine.stateMachineArn });
  }

  private taskStep(data: DataStack): AppFunction {
    return new AppFunction(this, 'TaskStep', {
      stage: this.stageConfig,
      handler: 'tasks/handlers/task-step.handler.ts',
      description: "Records each step of a task's machine",
      timeout: Duration.seconds(20),
    }).bindEventLog(data.eventLog, 'append');
  }

  private scaffoldAgent(data: DataStack): AppFunction {
    return new AppFunction(this, 'ScaffoldAgent', {
      stage: this.stageConfig,
      handler: 'agents/handlers/scaffold-agent.handler.ts',
      description: 'The built-in agent: writes a project from templates, without a model',
      timeout: Duration.seconds(60),
    })
      .bindEventLog(data.eventLog, 'read')
      .bindFiles(data.files, 'write')
      .set(ENV.scaffoldHoldMs, String(this.stageConfig.scaffoldHoldMs));
  }
}
