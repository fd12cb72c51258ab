import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import { METRICS } from '../../functions/contracts/metrics.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { stageMetric } from '../constructs/stage-metric.ts';
import { QueueConsumer } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

export interface ServicesStackProps {
  data: DataStack;
  /** The services that come with the product, which are asked how they are. */
  builtIn: { agent: AppFunction; storage: AppFunction };
}

/** Services: their registry, their breakers as operators see them, and the tests of what they promise. */
export class ServicesStack extends StageStack {
  readonly api: AppFunction;
  /** On its own: what reads schemas is as large as all the rest. */
  readonly contracts: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, { data, builtIn }: ServicesStackProps) {
    super(scope, id, stage);
    this.api = new AppFunction(this, 'ServicesApi', {
      stage,
      handler: 'services/handlers/services-api.handler.ts',
      description: 'The rows under /api/v1/services',
      timeout: Duration.seconds(28),
    })
      .bindServices(data, 'register')
      .bindHealthOf(ENV.agentServiceArn, builtIn.agent)
      .bindHealthOf(ENV.storageServiceArn, builtIn.storage)
      .bindOutgoing(stage)
      .watchErrors();
    this.contracts = this.addContracts(data);
    new RunbookAlarm(this, 'OpenedBreakers', {
      says: 'The circuit breaker of a service opened: its calls are refused.',
      runbook: 'opened-breakers',
      metric: stageMetric(stage, METRICS.opened, { statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: 1,
    });
  }

  private addContracts(data: DataStack): AppFunction {
    return new AppFunction(this, 'ContractsApi', {
      stage: this.stageConfig,
      handler: 'services/handlers/contracts-api.handler.ts',
      description: 'The rows under /api/v1/services/{name}/contract',
      timeout: Duration.seconds(28),
    })
      .bindServices(data, 'test')
      .bindContractTests(this.addContractTests(data).inbox.queue)
      .watchErrors();
  }

  private addContractTests(data: DataStack): QueueConsumer {
    const consumer = new QueueConsumer(this, 'ContractTests', {
      stage: this.stageConfig,
      subscriptionId: 'contract-tests',
      net: data.unrecorded,
      handler: 'services/handlers/contract-tests.handler.ts',
      description: 'Calls services with generated inputs, and tells whether they keep their contracts',
      // Fifty calls of five seconds, one after the other.
      timeout: Duration.seconds(300),
      batchSize: 1,
    });
    consumer.fn.bindServices(data, 'test').bindOutgoing(this.stageConfig);
    return consumer;
  }
}
