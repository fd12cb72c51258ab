import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { QueueConsumer, Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** Agents: their API, the service that sagas call, the leases' clock, and the agent that comes with the product. */
export class AgentsStack extends StageStack {
  readonly api: AppFunction;
  readonly service: AppFunction;
  private readonly scaffold: QueueConsumer;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.scaffold = this.addScaffold(data);
    this.api = this.addApi(data);
    this.service = this.addService(data);
    this.addWorkSteps(data);
    this.addSweep(data);
  }

  private addApi(data: DataStack): AppFunction {
    const api = new AppFunction(this, 'AgentsApi', {
      stage: this.stageConfig,
      handler: 'agents/handlers/agents-api.handler.ts',
      description: 'The rows under /api/v1/agents and /api/v1/leases',
      timeout: Duration.seconds(28),
    })
      .bindTaskLog(data.taskLog, 'append')
      .bindIdempotency(data.idempotency);
    return this.withLeases(api, data, ['open', 'list']).bindScaffoldQueue(this.scaffold.inbox.queue).watchErrors();
  }

  private addService(data: DataStack): AppFunction {
    return new ServiceFunction(this, 'AgentService', {
      stage: this.stageConfig,
      service: 'agent-service',
      eventLog: data.eventLog,
      stepTokens: data.stepTokens,
      services: data.services,
      net: data.unrecorded,
      handler: 'agents/handlers/agent-service.handler.ts',
      description: 'agent-service: what sagas ask of agents',
      timeout: Duration.seconds(60),
    })
      .bindAgents(data.agents, ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [])
      .bindFiles(data.files, 'staging/', ['s3:DeleteObject', 's3:ListBucket'])
      .bindScaffoldQueue(this.scaffold.inbox.queue);
  }

  private addWorkSteps(data: DataStack): void {
    new Subscriber(this, 'WorkSteps', {
      stage: this.stageConfig,
      on: { bus: data.bus, eventTypes: ['domain.WorkLeased', 'domain.WorkDone', 'domain.WorkFailed'] },
      subscriptionId: 'work-steps',
      net: data.unrecorded,
      // A token or a task that is never told waits for hours, so a hitch of minutes is waited out.
      retryPolicy: { maxAttempts: 10 },
      handler: 'agents/handlers/work-steps.handler.ts',
      description: 'Ends the steps of sagas that wait for an agent',
    }).fn
      .bindEventLog(data.eventLog, 'append')
      .bindStepTokens(data.stepTokens, 'answer');
  }

  private addSweep(data: DataStack): void {
    const { fn } = new Subscriber(this, 'SweepLeases', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(1) },
      subscriptionId: 'sweep-leases',
      net: data.unrecorded,
      handler: 'agents/handlers/sweep-leases.handler.ts',
      description: 'Gives the work of lost agents back',
    });
    fn.bindEventLog(data.eventLog, 'append')
      .bindAgents(data.agents, ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], ['open'])
      .bindScaffoldQueue(this.scaffold.inbox.queue);
  }

  private addScaffold(data: DataStack): QueueConsumer {
    const consumer = new QueueConsumer(this, 'ScaffoldAgent', {
      stage: this.stageConfig,
      subscriptionId: 'scaffold-agent',
      net: data.unrecorded,
      handler: 'agents/handlers/scaffold-agent.handler.ts',
      description: 'The built-in agent: writes a project from templates, without a model',
      timeout: Duration.seconds(60),
      batchSize: 1,
      maxConcurrency: this.stageConfig.scaffoldConcurrency,
    });
    this.withLeases(consumer.fn, data, ['open'])
      .bindScaffoldQueue(consumer.inbox.queue)
      .bindTaskLog(data.taskLog, 'append')
      .set(ENV.scaffoldHoldMs, String(this.stageConfig.scaffoldHoldMs));
    return consumer;
  }

  /** Whoever works under leases: the API for agents outside, and the built-in one. */
  private withLeases(fn: AppFunction, data: DataStack, indexes: readonly ('list' | 'open')[]): AppFunction {
    const actions = ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'] as const;
    return fn
      .bindEventLog(data.eventLog, 'append')
      .bindAgents(
        data.agents,
        actions.map((name) => `dynamodb:${name}` as const),
        indexes,
      )
      .bindFiles(data.files, 'staging/', ['s3:GetObject', 's3:PutObject'])
      .set(ENV.leaseSeconds, String(this.stageConfig.lease.toSeconds()));
  }
}
