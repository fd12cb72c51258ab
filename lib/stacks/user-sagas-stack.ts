import { Duration } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { MachineRole } from '../constructs/machine-role.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** What the machines of users' sagas have in common. */
interface Machines {
  /** The function of their steps. */
  steps: AppFunction;
  role: MachineRole;
  logs: LogGroup;
}

export interface UserSagasStackProps {
  data: DataStack;
  /** Records the end of a saga that failed. */
  close: AppFunction;
}

/** The sagas that users define: their API, the function of their steps, and the ones that make, start and clear their machines. */
export class UserSagasStack extends StageStack {
  readonly api: AppFunction;
  readonly completions: AppFunction;
  private readonly close: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, { data, close }: UserSagasStackProps) {
    super(scope, id, stage);
    this.close = close;
    this.api = this.addApi(data);
    this.completions = this.addCompletions(data);
    const steps = this.addSteps(data);
    const machines = this.addMachines(steps);
    this.addStarter(data, machines);
    this.addSweep(data, machines);
  }

  private addApi(data: DataStack): AppFunction {
    return new AppFunction(this, 'SagasApi', {
      stage: this.stageConfig,
      handler: 'sagas/handlers/sagas-api.handler.ts',
      description: 'The rows under /api/v1/sagas and /api/v1/saga-definitions',
      timeout: Duration.seconds(28),
    })
      .bindEventLog(data.eventLog, 'append')
      .bindReadModels(data, 'list')
      .bindSagaDefinitions(data.sagaDefinitions, 'define')
      .bindServices(data, 'watch')
      .bindIdempotency(data.idempotency)
      .watchErrors();
  }

  private addCompletions(data: DataStack): AppFunction {
    return new AppFunction(this, 'CompletionsApi', {
      stage: this.stageConfig,
      handler: 'sagas/handlers/completions-api.handler.ts',
      description: 'Where services bring the results of steps that they answered with 202',
      timeout: Duration.seconds(20),
    })
      .bindEventLog(data.eventLog, 'append')
      .bindStepTokens(data.stepTokens, 'answer')
      .bindMaster(data)
      .watchErrors();
  }

  private addSteps(data: DataStack): AppFunction {
    return new ServiceFunction(this, 'HttpService', {
      stage: this.stageConfig,
      service: 'http-service',
      eventLog: data.eventLog,
      stepTokens: data.stepTokens,
      services: data.services,
      net: data.unrecorded,
      handler: 'sagas/handlers/http-steps.handler.ts',
      description: 'Calls the services that users have registered, for the steps of their sagas',
      // A call of 60 s, and what is around it.
      timeout: Duration.seconds(75),
    })
      .bindOutgoing(this.stageConfig)
      .bindMaster(data)
      .bindApiAddress(this.stageConfig);
  }

  private addMachines(steps: AppFunction): Machines {
    const { logRetention: retention, dataRemoval: removalPolicy } = this.stageConfig;
    return {
      steps,
      role: new MachineRole(this, 'MachineRole', { calls: [steps, this.close] }),
      logs: new LogGroup(this, 'MachineLogs', { retention, removalPolicy }),
    };
  }

  private addStarter(data: DataStack, machines: Machines): void {
    const { fn } = new Subscriber(this, 'StartSagas', {
      stage: this.stageConfig,
      on: {
        bus: data.bus,
        eventTypes: ['domain.SagaStarted', 'domain.SagaResumed'],
        // Built-in sagas have machines of their own, and who starts them.
        filter: { eventData: { machine: [{ exists: true }] } },
      },
      subscriptionId: 'start-sagas',
      net: data.unrecorded,
      // Step Functions starts only so many executions a second; a burst waits for minutes instead of being dead-lettered.
      retryPolicy: { maxAttempts: 10 },
      handler: 'sagas/handlers/start-sagas.handler.ts',
      description: 'Starts the sagas of users on the machines of their shapes',
    });
    this.makesMachines(fn.bindEventLog(data.eventLog, 'read'), machines).bindSagaDefinitions(
      data.sagaDefinitions,
      'note',
    );
  }

  private addSweep(data: DataStack, machines: Machines): void {
    const { fn } = new Subscriber(this, 'SweepSagas', {
      stage: this.stageConfig,
      on: { every: Duration.hours(1) },
      subscriptionId: 'sweep-sagas',
      net: data.unrecorded,
      handler: 'sagas/handlers/sweep-sagas.handler.ts',
      description: 'Picks up sagas that nobody drives any more, and removes machines that nobody uses',
      timeout: Duration.minutes(10),
    });
    this.makesMachines(fn.bindEventLog(data.eventLog, 'append'), machines)
      .bindSagaDefinitions(data.sagaDefinitions, 'clear')
      .bindReadModels(data, 'list')
      .bindStepTokens(data.stepTokens, 'answer')
      .bindMachineClearing(this.stageConfig);
  }

  private makesMachines(fn: AppFunction, { steps, role, logs }: Machines): AppFunction {
    return fn
      .bindSagaMachines(this.stageConfig)
      .bindMachineMaking(this.stageConfig, { role, logs })
      .set(ENV.httpStepsArn, steps.lambda.functionArn)
      .set(ENV.closeSagaArn, this.close.lambda.functionArn);
  }
}
